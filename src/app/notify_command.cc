// notify test, deliver, list: the channels tried, and the messages on their way.
#include <algorithm>
#include <chrono>

#include "alerts/sentences.h"
#include "app/commands.h"
#include "app/notifier.h"
#include "core/text.h"
#include "formats/json_writer.h"
#include "pipeline/requests.h"

namespace signalbus::app {
namespace {

constexpr std::chrono::seconds kTestDeadline{10};
constexpr std::size_t kListed = 100;

/// What one channel did with the test.
struct Tried {
  std::string channel;
  std::string target;
  std::string subject;
  std::string answer;
  bool accepted;
};

alerts::Digest test_digest(Session& session) {
  return {.kind = alerts::DigestKind::kTest,
          .mode = std::string(to_text(session.mode())),
          .account = session.settings().alpaca.account_id,
          .run = "",
          .date = session.run_date(),
          .outcome = "a test",
          .changes = {},
          .open = {},
          .notes = {}};
}

Tried try_channel(notify::Channel& channel, OutboxMessage message, Instant now) {
  // Each test is a message of its own: a receiver that drops known keys must not drop this one.
  message.key += "-" + std::to_string(now.micros());
  const Result<notify::Receipt> receipt = channel.send(message, now, kTestDeadline);
  return {channel.name(), channel.target(), message.subject,
          receipt.ok() ? receipt.value().answer : receipt.error().message,
          receipt.ok() && receipt.value().accepted};
}

std::string page_of(const std::vector<Tried>& tried, const std::vector<std::string>& problems) {
  std::string out;
  for (const Tried& one : tried) {
    out += one.channel + ": sent \"" + one.subject + "\" to " + one.target + "; " +
           (one.accepted ? "accepted" : "FAILED") + ", " + one.answer + "\n";
  }
  for (const std::string& problem : problems) out += "not in order: " + problem + "\n";
  return out;
}

std::string json_of(const std::vector<Tried>& tried, const std::vector<std::string>& problems) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("notify test").key("channels").begin_array();
  for (const Tried& one : tried) {
    json.begin_object().key("channel").string(one.channel).key("target").string(one.target);
    json.key("subject").string(one.subject).key("accepted").boolean(one.accepted);
    json.key("answer").string(one.answer).end_object();
  }
  json.end_array().key("problems").begin_array();
  for (const std::string& problem : problems) json.string(problem);
  json.end_array().end_object();
  return json.take() + "\n";
}

std::string list_page(const std::vector<OutboxRow>& rows, bool all) {
  if (rows.empty()) return all ? "no message was ever stored\n" : "no message waits\n";
  std::string out;
  for (const OutboxRow& row : rows) {
    out += row.message.date.iso() + "  " + row.message.channel + "  " +
           std::string(to_text(row.state)) + "  \"" + alerts::plain_line(row.message.subject) +
           "\"";
    out += ", " + counted(static_cast<std::size_t>(row.attempts), "attempt");
    if (row.state == DeliveryState::kWaiting) out += ", next " + row.next.rfc3339();
    if (!row.answer.empty()) out += ": " + alerts::plain_line(row.answer);
    out += "\n";
  }
  return out;
}

std::string list_json(const std::vector<OutboxRow>& rows) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("notify list").key("messages").begin_array();
  for (const OutboxRow& row : rows) {
    json.begin_object().key("key").string(row.message.key);
    json.key("channel").string(row.message.channel).key("date").string(row.message.date.iso());
    json.key("level").string(to_text(row.message.level));
    json.key("subject").string(row.message.subject).key("state").string(to_text(row.state));
    json.key("attempts").integer(row.attempts).key("next").string(row.next.rfc3339());
    json.key("answer").string(row.answer).end_object();
  }
  json.end_array().end_object();
  return json.take() + "\n";
}

bool has_journal(Session& session) {
  return session.doors().files.exists(session.workspace().journal());
}

}  // namespace

Result<int> notify_test_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  Notifier notifier(*session);
  const alerts::Digest digest = test_digest(*session);
  std::vector<Tried> tried;
  for (const auto& channel : notifier.channels()) {
    if (!options.channel.empty() && channel->name() != options.channel) continue;
    const Instant now = session->system_clock().now();
    const std::vector<OutboxMessage> messages =
        pipeline::compose_messages({channel->name()}, digest, now, 1);
    for (const OutboxMessage& message : messages) {
      tried.push_back(try_channel(*channel, message, now));
    }
  }
  if (tried.empty() && notifier.problems().empty()) {
    return Error{ErrorCode::kUsage,
                 (options.channel.empty() ? std::string("no channel is configured")
                                          : "channel " + options.channel + " is not configured") +
                     "; see `notify:` in docs/alerts.md"};
  }
  print_result(options, page_of(tried, notifier.problems()), json_of(tried, notifier.problems()));
  const bool good =
      notifier.problems().empty() &&
      std::all_of(tried.begin(), tried.end(), [](const Tried& t) { return t.accepted; });
  return good ? 0 : exit_code_of(ErrorCode::kUnavailable);
}

Result<int> notify_deliver_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  notify::Delivered done;
  Notifier notifier(*session);
  if (has_journal(*session)) {
    SB_TRY(done, notifier.deliver(*session, session->doors().clock));
  }
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("notify deliver");
  const std::pair<const char*, std::size_t> counts[] = {{"sent", done.sent},
                                                        {"failed", done.failed},
                                                        {"given_up", done.given_up},
                                                        {"left", done.left}};
  std::string page;
  for (const auto& [name, count] : counts) {
    json.key(name).integer(static_cast<std::int64_t>(count));
    std::string word(name);
    std::replace(word.begin(), word.end(), '_', ' ');
    page += (page.empty() ? "" : ", ") + std::to_string(count) + " " + word;
  }
  json.end_object();
  for (const std::string& problem : notifier.problems()) page += "\nnot in order: " + problem;
  print_result(options, page + "\n", json.take() + "\n");
  const bool good = done.failed == 0 && done.given_up == 0;
  return good ? 0 : exit_code_of(ErrorCode::kUnavailable);
}

Result<int> notify_list_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  std::vector<OutboxRow> rows;
  if (has_journal(*session)) {
    SB_TRY(AlertBook * book, session->alert_book());
    SB_TRY(rows, book->messages(!options.all, kListed));
  }
  print_result(options, list_page(rows, options.all), list_json(rows));
  return 0;
}

}  // namespace signalbus::app
