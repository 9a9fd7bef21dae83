#include "storage/journal_chain.h"

#include <charconv>
#include <vector>

#include "core/text.h"

namespace signalbus::storage {
namespace {

void append_number(std::string& out, std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

/// `<size>:<text>,`, so that no two different rows have the same text.
void append_field(std::string& out, std::string_view text) {
  append_number(out, static_cast<std::int64_t>(text.size()));
  out += ':';
  out += text;
  out += ',';
}

void append_field(std::string& out, std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  append_field(out, std::string_view(digits.data(), end));
}

/// NULL differs from the empty text.
void append_null(std::string& out) { out += "-,"; }

void begin_text(std::string& out, std::string_view prev_hash, std::string_view table,
                std::int64_t record) {
  out.clear();
  append_field(out, prev_hash);
  append_field(out, table);
  append_field(out, record);
}

/// One table's rows by record, each as it comes.
struct Cursor {
  const ChainedTable& table;
  Query query;
  bool row = false;

  std::int64_t record() const { return query.integer(0); }
  Status advance() {
    SB_TRY(row, query.step());
    return Ok{};
  }
};

/// The text that the row's hash covers, from its columns as they are stored.
void read_text(std::string& out, std::string_view prev_hash, const Cursor& cursor) {
  begin_text(out, prev_hash, cursor.table.name, cursor.record());
  for (int column = 2; column < cursor.query.columns(); ++column) {
    if (cursor.query.is_null(column)) {
      append_null(out);
    } else {
      append_field(out, cursor.query.text(column));
    }
  }
}

}  // namespace

Link::Link(ChainEnd& end, std::string& text, Query query, std::string_view table)
    : end_(end), text_(text), query_(std::move(query)), record_(end.record + 1) {
  begin_text(text_, end_.hash, table, record_);
  query_.bind(record_);
}

Link& Link::add(std::string_view text) {
  append_field(text_, text);
  query_.bind(text);
  return *this;
}

Link& Link::add(std::int64_t value) {
  append_field(text_, value);
  query_.bind(value);
  return *this;
}

Link& Link::add(std::nullopt_t) {
  append_null(text_);
  query_.bind_null();
  return *this;
}

Link& Link::add(TradeDate date) {
  const std::string text = date.iso();
  append_field(text_, text);
  query_.bind_copy(text);
  return *this;
}

Link& Link::add(Instant at) {
  const std::string text = at.rfc3339();
  append_field(text_, text);
  query_.bind_copy(text);
  return *this;
}

Link& Link::add(const std::optional<Price>& price) {
  return price ? add(price->raw()) : add(std::nullopt);
}

Link& Link::add(const std::optional<Instant>& at) { return at ? add(*at) : add(std::nullopt); }

Status Link::append() {
  SB_TRY(const bool added, append_unless_known());
  SB_CHECK(added);
  return Ok{};
}

Result<bool> Link::append_unless_known() {
  std::string hash = sha256_hex(text_);
  SB_TRY_OK(query_.bind(hash).run());
  if (query_.changes() == 0) return false;
  end_ = {record_, std::move(hash)};
  return true;
}

Status Chain::reload() {
  end_ = {};
  for (const ChainedTable* table : kChainedTables) {
    SB_TRY(Query query, database_.query(table->newest));
    SB_TRY(const bool row, query.step());
    if (row && query.integer(0) > end_.record) {
      end_ = {query.integer(0), std::string(query.text(1))};
    }
  }
  return Ok{};
}

Result<Link> Chain::link(const ChainedTable& table) {
  SB_TRY(Query query, database_.query(table.insert));
  return Link(end_, text_, std::move(query), table.name);
}

Status walk_chain(Sqlite& database, const std::function<Status(const ChainedRow&)>& see) {
  std::vector<Cursor> cursors;
  for (const ChainedTable* table : kChainedTables) {
    SB_TRY(Query query, database.query(table->walk));
    cursors.push_back({*table, std::move(query)});
    SB_TRY_OK(cursors.back().advance());
  }
  std::string text;
  std::string due;
  while (true) {
    Cursor* next = nullptr;
    for (Cursor& cursor : cursors) {
      if (cursor.row && (next == nullptr || cursor.record() < next->record())) next = &cursor;
    }
    if (next == nullptr) return Ok{};
    read_text(text, due, *next);
    due = sha256_hex(text);
    SB_TRY_OK(see({next->table, next->record(), next->query.text(1), due}));
    SB_TRY_OK(next->advance());
  }
}

}  // namespace signalbus::storage
