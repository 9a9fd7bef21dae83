#include "notify/deliver.h"

#include <algorithm>
#include <set>

namespace signalbus::notify {
namespace {

class Delivery {
 public:
  Delivery(AlertBook& book, std::span<const std::unique_ptr<Channel>> channels, Clock& clock,
           const DeliverPolicy& policy, const Jitter& jitter, RunLog& log)
      : book_(book),
        channels_(channels),
        clock_(clock),
        policy_(policy),
        jitter_(jitter),
        log_(log),
        start_micros_(clock.monotonic_micros()) {}

  Result<Delivered> run() {
    SB_TRY(const std::vector<OutboxRow> due, book_.due_messages(clock_.now(), policy_.most));
    for (const OutboxRow& row : due) SB_TRY_OK(one(row));
    return out_;
  }

 private:
  std::chrono::milliseconds time_left() const {
    const auto used = std::chrono::microseconds(clock_.monotonic_micros() - start_micros_);
    return policy_.total - std::chrono::duration_cast<std::chrono::milliseconds>(used);
  }

  Channel* find(const std::string& name) const {
    for (const auto& channel : channels_) {
      if (channel->name() == name) return channel.get();
    }
    return nullptr;
  }

  Status give_up(const OutboxRow& row) {
    ++out_.given_up;
    const std::string last = row.answer.empty() ? "it was never tried" : row.answer;
    log_.line(LogLevel::kError, "notify",
              row.message.channel + ": gave up on \"" + row.message.subject + "\" after " +
                  std::to_string(row.attempts) + " attempts: " + last);
    return book_.mark_message(row.id, DeliveryState::kGivenUp, last, clock_.now());
  }

  Status one(const OutboxRow& row) {
    if (clock_.now() >= row.message.expires) return give_up(row);
    Channel* channel = find(row.message.channel);
    const std::chrono::milliseconds time = std::min(policy_.each, time_left());
    if (channel == nullptr || failed_.contains(row.message.channel) || time.count() <= 0) {
      ++out_.left;
      return Ok{};
    }
    const Instant now = clock_.now();
    const Instant next = now.plus_seconds(wait_seconds(policy_, row.attempts, jitter_()));
    SB_TRY(const bool ours, book_.claim_message(row.id, now, next));
    if (!ours) return Ok{};
    return send(*channel, row, time);
  }

  Status send(Channel& channel, const OutboxRow& row, std::chrono::milliseconds time) {
    const Result<Receipt> receipt = channel.send(row.message, clock_.now(), time);
    if (receipt.ok() && receipt.value().accepted) {
      ++out_.sent;
      return book_.mark_message(row.id, DeliveryState::kSent, receipt.value().answer, clock_.now());
    }
    ++out_.failed;
    failed_.insert(row.message.channel);
    const std::string answer = receipt.ok() ? receipt.value().answer : receipt.error().message;
    log_.line(LogLevel::kWarn, "notify",
              row.message.channel + ": attempt " + std::to_string(row.attempts + 1) +
                  " failed: " + answer + "; it will be tried again");
    return book_.mark_message(row.id, DeliveryState::kWaiting, answer, clock_.now());
  }

  AlertBook& book_;
  std::span<const std::unique_ptr<Channel>> channels_;
  Clock& clock_;
  const DeliverPolicy& policy_;
  const Jitter& jitter_;
  RunLog& log_;
  std::int64_t start_micros_;
  std::set<std::string> failed_;
  Delivered out_;
};

}  // namespace

std::int64_t wait_seconds(const DeliverPolicy& policy, int attempts, double jitter) {
  constexpr int kDoublingsMax = 20;
  const std::int64_t doubled = policy.first_wait << std::min(attempts, kDoublingsMax);
  const std::int64_t longest = std::min(doubled, policy.longest_wait);
  // Never sooner than an attempt may take: another process would send it a second time.
  const auto least = std::max<std::int64_t>(longest / 2, policy.each.count() / 1000 + 5);
  return least + static_cast<std::int64_t>(static_cast<double>(longest - std::min(least, longest)) *
                                           jitter);
}

Result<Delivered> deliver_due(AlertBook& book, std::span<const std::unique_ptr<Channel>> channels,
                              Clock& clock, const DeliverPolicy& policy, const Jitter& jitter,
                              RunLog& log) {
  return Delivery(book, channels, clock, policy, jitter, log).run();
}

}  // namespace signalbus::notify
