#include "pipeline/alert_messages.h"

#include "alerts/sentences.h"
#include "core/text.h"
#include "formats/json_writer.h"

namespace signalbus::pipeline {
namespace {

using alerts::Digest;
using alerts::DigestKind;

constexpr std::int64_t kPingSeconds = 3'600;

std::string_view kind_text(DigestKind kind) {
  switch (kind) {
    case DigestKind::kChanges:
      return "alerts";
    case DigestKind::kHeartbeat:
      return "heartbeat";
    case DigestKind::kTest:
      return "test";
  }
  return "";
}

/// Safe in a header; the same for the same changes of the same account, whoever computes it. A
/// heartbeat has one a day.
std::string key_of(const Digest& digest, std::string_view kind) {
  std::string content = digest.mode + "\n" + digest.account + "\n" + std::string(kind);
  for (const AlertChange& change : digest.changes) content += "\n" + change.key;
  constexpr std::size_t kLetters = 20;
  return "sb-" + digest.date.compact() + "-" + std::string(kind) + "-" +
         sha256_base32(content, kLetters);
}

void write_change(formats::JsonWriter& json, const AlertChange& change) {
  json.begin_object().key("key").string(change.key);
  json.key("rule").string(change.notice.rule).key("scope").string(change.notice.scope);
  json.key("level").string(to_text(change.notice.level));
  json.key("before").string(to_text(change.before));
  json.key("since").string(change.notice.since.iso());
  json.key("sentence").string(change.notice.sentence).end_object();
}

void write_state(formats::JsonWriter& json, const AlertState& state) {
  json.begin_object().key("rule").string(state.rule).key("scope").string(state.scope);
  json.key("level").string(to_text(state.level)).key("since").string(state.since.iso());
  json.key("sentence").string(state.sentence);
  json.key("acknowledged").boolean(!state.acknowledged_by.empty()).end_object();
}

std::string webhook_json(const Digest& digest, const std::string& key) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("key").string(key).key("kind").string(kind_text(digest.kind));
  json.key("mode").string(digest.mode).key("account").string(digest.account);
  json.key("date").string(digest.date.iso()).key("run").string(digest.run);
  json.key("outcome").string(digest.outcome).key("subject").string(alerts::subject_of(digest));
  json.key("level").string(to_text(alerts::worst_of(digest)));
  json.key("changes").begin_array();
  for (const AlertChange& change : digest.changes) write_change(json, change);
  json.end_array().key("open").begin_array();
  for (const AlertState& state : digest.open) write_state(json, state);
  json.end_array().end_object();
  return json.take();
}

/// An SMS costs money and wakes people: it is for what is critical, and for tests.
bool wants(const std::string& channel, const Digest& digest) {
  if (channel == kDeadMan) return digest.kind == DigestKind::kTest;
  if (channel != "sms" || digest.kind == DigestKind::kTest) return true;
  return alerts::worst_of(digest) == AlertLevel::kCritical;
}

}  // namespace

std::vector<OutboxMessage> compose_messages(const std::vector<std::string>& channels,
                                            const Digest& digest, Instant now,
                                            std::int64_t give_up_seconds) {
  std::vector<OutboxMessage> out;
  const std::string key = key_of(digest, kind_text(digest.kind));
  for (const std::string& channel : channels) {
    if (!wants(channel, digest)) continue;
    OutboxMessage message{.key = key,
                          .channel = channel,
                          .date = digest.date,
                          .level = alerts::worst_of(digest),
                          .subject = alerts::subject_of(digest),
                          .text = alerts::text_of(digest),
                          .html = "",
                          .created = now,
                          .expires = now.plus_seconds(give_up_seconds)};
    if (channel == "email") message.html = alerts::html_of(digest);
    if (channel == "slack") message.text = alerts::slack_of(digest);
    if (channel == "sms") message.text = alerts::sms_of(digest);
    if (channel == "webhook") message.text = webhook_json(digest, key);
    out.push_back(std::move(message));
  }
  return out;
}

std::string alerts_section(const AlertOutcome& outcome) {
  if (outcome.changes.empty()) return "";
  constexpr std::size_t kShown = 20;
  std::string out = "\nAlerts\n";
  for (std::size_t i = 0; i < outcome.changes.size() && i < kShown; ++i) {
    const AlertChange& change = outcome.changes[i];
    const bool over = change.notice.level == AlertLevel::kOk;
    std::string level(over ? "resolved" : to_text(change.notice.level));
    level.resize(10, ' ');
    out += "  " + level + alerts::plain_line(change.notice.sentence);
    if (!change.suppressed.empty()) out += "  (not told: " + change.suppressed + ")";
    out += "\n";
  }
  if (outcome.changes.size() > kShown) out += "  more: signalbus alerts --all\n";
  return out;
}

OutboxMessage ping_of(const Digest& digest, Instant now) {
  Digest bare = digest;  // one ping for each run, whatever it told
  bare.changes.clear();
  return {.key = key_of(bare, "ping-" + digest.run),
          .channel = kDeadMan,
          .date = digest.date,
          .level = AlertLevel::kOk,
          .subject = "run " + digest.run + " went well",
          .text = "",
          .html = "",
          .created = now,
          .expires = now.plus_seconds(kPingSeconds)};
}

}  // namespace signalbus::pipeline
