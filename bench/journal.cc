// journal_bench FOLDER: what the journal's durability costs there. Each commit is compared with a
// bare append and fdatasync of as many bytes as SQLite wrote for it, taken in turn; then a start
// with 100,000 past orders, and the journal on the simulations' disk.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "lossy_disk/lossy_disk.h"
#include "storage/journal_sample.h"
#include "storage/sqlite_journal.h"

using namespace signalbus;
using namespace signalbus::storage;

namespace {

constexpr int kOrders = 500;

double micros_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

/// Bytes this process gave to write calls.
std::size_t bytes_written() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::size_t value = 0;
  while (io >> name >> value) {
    if (name == "wchar:") return value;
  }
  return 0;
}

/// A real order's bytes.
std::string body_of(int sequence) {
  return R"({"symbol":"S)" + std::to_string(sequence) +
         R"(","qty":"12.3456","side":"buy","type":"limit","time_in_force":"day",)"
         R"("limit_price":"148.30","extended_hours":false,"client_order_id":")" +
         sample_id(sequence).get() + R"("})";
}

template <class T>
T must(Result<T> result) {
  if (result.ok()) return std::move(result).value();
  std::fprintf(stderr, "journal_bench: %s\n", result.error().message.c_str());
  std::exit(1);
}

std::vector<Intent> intents_with_shares() {
  std::vector<Intent> intents = sample_intents(kOrders);
  for (Intent& intent : intents) {
    intent.shares = {sample_share("drl", 700'000'000), sample_share("equal", 534'567'891)};
  }
  return intents;
}

Batch batch_of(int number) {
  Batch batch = sample_batch(Mode::kPaper, 1);
  batch.key.run_date = batch.key.run_date.plus_days(number);
  return batch;
}

std::vector<WriteAhead> aheads(int from, int to) {
  std::vector<WriteAhead> made;
  for (int i = from; i < to; ++i) made.push_back(sample_ahead(i, body_of(i)));
  return made;
}

/// Commits of one kind against bare appends of their bytes.
class Comparison {
 public:
  explicit Comparison(const std::string& folder)
      : file_(::open((folder + "/bare").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600)) {}
  Comparison(const Comparison&) = delete;
  Comparison& operator=(const Comparison&) = delete;
  ~Comparison() { ::close(file_); }

  void add(const std::function<void()>& commit) {
    const std::size_t before = bytes_written();
    commits_.push_back(micros_of(commit));
    const std::string bytes(bytes_written() - before, 'x');
    bytes_.push_back(static_cast<double>(bytes.size()));
    appends_.push_back(micros_of([&] {
      if (::write(file_, bytes.data(), bytes.size()) < 0 || ::fdatasync(file_) != 0) std::abort();
    }));
  }
  void print(const char* name) const {
    std::printf("%s: commit_us=%.0f append_us=%.0f ratio=%.2f bytes=%.0f\n", name, median(commits_),
                median(appends_), median(commits_) / median(appends_), median(bytes_));
  }

 private:
  int file_;
  std::vector<double> commits_;
  std::vector<double> appends_;
  std::vector<double> bytes_;
};

void compare_commits(const std::string& folder, int group) {
  const auto journal = must(SqliteJournal::open(folder + "/compare.db"));
  must(journal->take_over(Mode::kPaper, "bench", kNine));
  Comparison ahead(folder);
  Comparison answer(folder);
  for (int day = 0; day < 3; ++day) {
    const Batch batch = batch_of(day + 10 * group);
    must(journal->open_batch(batch, intents_with_shares()));
    for (int from = 0; from < kOrders; from += group) {
      const int to = std::min(from + group, kOrders);
      const auto posts = aheads(from, to);
      ahead.add([&] { must(journal->write_ahead(batch, posts, let_all_out)); });
      std::vector<OrderEvent> events;
      std::vector<Fill> fills;
      for (int i = from; i < to; ++i) {
        events.push_back(sample_event(i, OrderState::kFilled));
        fills.push_back(sample_fill(i, "x" + std::to_string(i)));
      }
      answer.add([&] { must(journal->record(batch, events, fills)); });
    }
    must(journal->close_batch(batch, BatchState::kFinished, kNine));
  }
  ahead.print(("write-ahead of " + std::to_string(group)).c_str());
  answer.print(("event and fill of " + std::to_string(group)).c_str());
}

void measure_recovery(const std::string& folder) {
  constexpr int kBatches = 200;
  const std::string path = folder + "/past.db";
  if (!std::filesystem::exists(path)) {
    const auto journal = must(SqliteJournal::open(path));
    for (int day = 0; day <= kBatches; ++day) {
      const Batch batch = batch_of(day);
      must(journal->open_batch(batch, intents_with_shares()));
      must(journal->write_ahead(batch, aheads(0, kOrders), let_all_out));
      if (day == kBatches) break;
      std::vector<OrderEvent> live;
      std::vector<OrderEvent> ended;
      std::vector<Fill> fills;
      for (int i = 0; i < kOrders; ++i) {
        live.push_back(sample_event(i, OrderState::kLive));
        ended.push_back(sample_event(i, OrderState::kFilled));
        fills.push_back(sample_fill(i, "x" + std::to_string(i)));
      }
      must(journal->record(batch, live, {}));
      must(journal->record(batch, ended, fills));
      must(journal->close_batch(batch, BatchState::kFinished, kNine));
    }
  }
  std::vector<double> times;
  for (int round = 0; round < 7; ++round) {
    times.push_back(micros_of([&] {
      const auto journal = must(SqliteJournal::open(path));
      must(journal->take_over(Mode::kPaper, "bench", kNine));
      must(journal->control());
      for (const Batch& batch : must(journal->open_batches(Mode::kPaper, AccountId("ACC1")))) {
        if (must(journal->intents(batch)).size() != kOrders) std::abort();
        if (must(journal->orders(batch)).size() != kOrders) std::abort();
        must(journal->fills(batch));
        must(journal->latest_batch(batch.key));
        must(journal->day_use(Mode::kPaper, AccountId("ACC1"), batch.key.run_date));
      }
      must(journal->traded_symbols(Mode::kPaper, AccountId("ACC1")));
    }));
  }
  std::printf("start with 100,000 past orders: recovery_ms=%.1f file_mb=%.0f\n",
              median(times) / 1000, static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  const auto journal = must(SqliteJournal::open(path));
  double audit = 0;
  std::int64_t records = 0;
  audit = micros_of([&] { records = must(journal->audit()).records; });
  std::printf("audit: audit_ms=%.0f records=%lld\n", audit / 1000, static_cast<long long>(records));
  std::printf(
      "sleeves: entries_ms=%.0f\n",
      micros_of([&] { must(journal->sleeve_entries(Mode::kPaper, AccountId("ACC1"))); }) / 1000);
}

void measure_lossy_disk() {
  lossy_disk::LossyDisk image;
  {
    lossy_disk::DiskMount mount(image);
    must(SqliteJournal::open_on(mount.vfs(), "journal"));
  }
  std::vector<double> opens;
  std::vector<double> commits;
  for (int round = 0; round < 50; ++round) {
    lossy_disk::LossyDisk disk(image);
    lossy_disk::DiskMount mount(disk);
    std::unique_ptr<SqliteJournal> journal;
    opens.push_back(micros_of([&] {
      journal = must(SqliteJournal::open_on(mount.vfs(), "journal"));
      must(journal->control());
    }));
    const Batch batch = batch_of(0);
    must(journal->open_batch(batch, sample_intents(20)));
    for (int i = 0; i < 20; ++i) {
      const auto posts = aheads(i, i + 1);
      commits.push_back(micros_of([&] { must(journal->write_ahead(batch, posts, let_all_out)); }));
    }
  }
  std::printf("on the simulations' disk: open_us=%.0f commit_us=%.0f\n", median(opens),
              median(commits));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: journal_bench FOLDER\n");
    return 2;
  }
  const std::string folder = argv[1];
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  for (const int group : {1, 16}) compare_commits(folder, group);
  measure_recovery(folder);
  measure_lossy_disk();
}
