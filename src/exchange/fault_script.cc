// The fault script: YAML to rules, every problem with its line.
#include <algorithm>
#include <charconv>

#include "core/text.h"
#include "exchange/faults.h"
#include "formats/yaml_reader.h"

namespace signalbus::exchange {
namespace {

using formats::YamlReader;

// What a verb may be put on.
constexpr unsigned kOnRequest = 1;
constexpr unsigned kOnStream = 2;
constexpr unsigned kOnFill = 4;
// Which words of its own it takes.
constexpr unsigned kStatus = 1;
constexpr unsigned kSeconds = 2;
constexpr unsigned kBytes = 4;
constexpr unsigned kShare = 8;
constexpr unsigned kRatio = 16;
constexpr unsigned kSymbol = 32;
constexpr unsigned kOrder = 64;  // side, qty

struct VerbRow {
  std::string_view name;
  unsigned targets;
  unsigned words;
};

constexpr std::array<VerbRow, kFaultVerbs> kVerbs = {{
    {"drop_request", kOnRequest, 0},
    {"drop_response", kOnRequest | kOnStream | kOnFill, 0},
    {"status_before", kOnRequest, kStatus},
    {"accept_then_status", kOnRequest, kStatus},
    {"delay", kOnRequest | kOnStream | kOnFill, kSeconds},
    {"truncate", kOnRequest | kOnStream | kOnFill, kBytes},
    {"garble", kOnRequest | kOnStream | kOnFill, 0},
    {"html", kOnRequest, kStatus},
    {"duplicate", kOnRequest | kOnStream | kOnFill, 0},
    {"reorder", kOnStream | kOnFill, 0},
    {"silence", kOnRequest | kOnStream | kOnFill, 0},
    {"close", kOnRequest | kOnStream | kOnFill, 0},
    {"partial_fill", kOnRequest | kOnFill, kShare | kSymbol},
    {"async_reject", kOnRequest | kOnFill, kSymbol},
    {"stuck_pending_cancel", kOnRequest | kOnFill, kSymbol},
    {"halt_symbol", kOnRequest | kOnFill, kSymbol},
    {"lag", kOnRequest | kOnStream | kOnFill, kSeconds},
    {"split", kOnRequest | kOnFill, kRatio | kSymbol},
    {"foreign_order", kOnRequest | kOnFill, kSymbol | kOrder},
}};

constexpr std::array<std::string_view, 6> kMethods = {"*", "GET", "POST", "PATCH", "PUT", "DELETE"};
constexpr std::int64_t kSecondsMax = 86'400;

std::optional<std::size_t> verb_index(std::string_view word) {
  for (std::size_t index = 0; index < kVerbs.size(); ++index) {
    if (kVerbs[index].name == word) return index;
  }
  return std::nullopt;
}

/// Reads one rule; problems are noted in the reader.
class RuleReader {
 public:
  explicit RuleReader(YamlReader reader) : reader_(std::move(reader)) {}

  FaultRule read() {
    read_target();
    read_verb();
    read_status();
    read_amounts();
    read_market();
    read_limits();
    return rule_;
  }

 private:
  void read_target() {
    const std::string on = reader_.text("on").value;
    if (on == "fill") {
      rule_.target = FaultTarget::kFill;
    } else if (on == "stream") {
      rule_.target = FaultTarget::kStream;
    } else if (on == "any") {
      rule_.target = FaultTarget::kAny;
    } else {
      read_request(on);
    }
  }

  void read_request(const std::string& on) {
    rule_.target = FaultTarget::kRequest;
    const std::size_t space = on.find(' ');
    rule_.method = on.substr(0, space);
    rule_.path = space == std::string::npos ? "" : on.substr(space + 1);
    const bool known = std::find(kMethods.begin(), kMethods.end(), rule_.method) != kMethods.end();
    const bool has_path = rule_.path.starts_with('/') || rule_.path.starts_with('*');
    if (known && has_path) return;
    const std::vector<std::string> words = {"fill", "stream", "any"};
    refuse("on", quoted(on) + " is neither fill, stream, any nor a request" +
                     did_you_mean(on, words) + "; write \"POST /v2/orders\" or \"GET /v2/*\"");
  }

  void read_verb() {
    const std::string word = reader_.text("do").value;
    const auto index = verb_index(word);
    if (!index) {
      std::vector<std::string> names;
      for (const VerbRow& row : kVerbs) names.emplace_back(row.name);
      refuse("do", "unknown verb " + quoted(word) + did_you_mean(word, names));
      return;
    }
    rule_.verb = static_cast<FaultVerb>(*index);
    row_ = &kVerbs[*index];
    const unsigned target = rule_.target == FaultTarget::kFill     ? kOnFill
                            : rule_.target == FaultTarget::kStream ? kOnStream
                            : rule_.target == FaultTarget::kAny    ? kOnRequest | kOnStream
                                                                   : kOnRequest;
    if ((row_->targets & target) == 0) refuse("do", word + " cannot happen on " + on_word());
    if ((rule_.verb == FaultVerb::kPartialFill || rule_.verb == FaultVerb::kAsyncReject ||
         rule_.verb == FaultVerb::kStuckPendingCancel) &&
        rule_.target == FaultTarget::kRequest && !is_post_order()) {
      refuse("do", word + " happens to new orders; put it on fill or \"POST /v2/orders\"");
    }
  }

  std::string on_word() const {
    switch (rule_.target) {
      case FaultTarget::kFill:
        return "fill";
      case FaultTarget::kStream:
        return "stream";
      case FaultTarget::kAny:
        return "any";
      case FaultTarget::kRequest:
        break;
    }
    return "a request";
  }

  bool is_post_order() const {
    return rule_.target == FaultTarget::kRequest && rule_.method == "POST" &&
           rule_.path == "/v2/orders";
  }

  /// Whether the key is there; one that the verb has no use for is a problem.
  bool takes(const std::string& key, unsigned word) {
    if (!reader_.has(key)) return false;
    if (row_ != nullptr && (row_->words & word) == 0) {
      reader_.allow(key);
      refuse(key, "does not go with " + std::string(row_->name));
      return false;
    }
    return true;
  }

  void read_status() {
    rule_.status = rule_.verb == FaultVerb::kHtml ? 502 : 504;
    if (takes("status", kStatus)) {
      rule_.status = static_cast<int>(reader_.integer("status", {400, 599}).value);
    } else if (row_ != nullptr && (row_->words & kStatus) != 0 &&
               rule_.verb == FaultVerb::kStatusBefore) {
      refuse("status", "must be given with status_before");
    }
  }

  void read_amounts() {
    if (takes("seconds", kSeconds)) {
      const std::string text = reader_.decimal("seconds").value;
      const auto micros = parse_scaled64(text, 6, Rounding::kTowardZero);
      if (!micros.ok() || micros.value() < 0 || micros.value() > kSecondsMax * 1'000'000) {
        refuse("seconds", "must be 0 to 86400, was " + quoted(text));
      } else {
        rule_.micros = micros.value();
      }
    } else if (row_ != nullptr && (row_->words & kSeconds) != 0) {
      refuse("seconds", "must be given with " + std::string(row_->name));
    }
    if (takes("bytes", kBytes)) {
      rule_.bytes = static_cast<std::size_t>(reader_.integer("bytes", {0, 1 << 20}).value);
    }
    if (takes("share", kShare)) {
      rule_.share = reader_.fraction("share").value;
      if (!rule_.share.is_positive() || rule_.share >= Ratio::whole(1)) {
        refuse("share", "must be above 0 and below 1");
      }
    } else if (row_ != nullptr && (row_->words & kShare) != 0) {
      rule_.share = Ratio::from_raw(500'000'000);
    }
  }

  void read_market() {
    if (takes("ratio", kRatio)) {
      const auto ratio = parse_split_ratio(reader_.text("ratio").value);
      if (ratio.ok()) {
        rule_.ratio = ratio.value();
      } else {
        refuse("ratio", ratio.error().message);
      }
    } else if (row_ != nullptr && (row_->words & kRatio) != 0) {
      refuse("ratio", "must be given with split, as \"4:1\"");
    }
    if (takes("symbol", kSymbol)) {
      rule_.symbol = reader_.text("symbol").value;
      if (!Symbol::parse(rule_.symbol).ok()) refuse("symbol", "is no symbol");
    } else if (needs_symbol()) {
      refuse("symbol", "must be given: " + on_word() + " has none of its own");
    }
    if (takes("side", kOrder)) {
      const auto side = exchange_core::parse_side(reader_.text("side").value);
      if (!side) refuse("side", "must be buy or sell");
      rule_.side = side.value_or(exchange_core::OrderSide::kBuy);
    }
    if (takes("qty", kOrder)) {
      const auto qty = Quantity::parse(reader_.decimal("qty").value);
      if (!qty.ok() || !qty.value().is_positive() || qty.value() > Quantity::whole(1'000'000)) {
        refuse("qty", "must be above 0, at most 1,000,000");
      } else {
        rule_.qty = qty.value();
      }
    }
  }

  bool needs_symbol() const {
    const bool is_world = rule_.verb == FaultVerb::kHaltSymbol || rule_.verb == FaultVerb::kSplit ||
                          rule_.verb == FaultVerb::kForeignOrder;
    return is_world && rule_.target != FaultTarget::kFill && !is_post_order();
  }

  void read_limits() {
    if (reader_.has("times")) {
      const std::string text = reader_.text("times").value;
      std::uint64_t count = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
      if (text == "always") {
        rule_.times.reset();
      } else if (error != std::errc() || end != text.data() + text.size() || count == 0) {
        refuse("times", "must be always or a number above 0, was " + quoted(text));
      } else {
        rule_.times = count;
      }
    }
    reader_.allow("times");
    rule_.after = static_cast<std::uint64_t>(reader_.integer("after", {0, 1'000'000'000}, 0).value);
    rule_.probability = reader_.fraction("probability", Ratio::whole(1)).value;
    if (rule_.probability.is_negative() || rule_.probability > Ratio::whole(1)) {
      refuse("probability", "must be 0 to 1");
    }
    rule_.key_id = reader_.text("key_id", "").value;
  }

  void refuse(const std::string& key, const std::string& what) { reader_.refuse(key, what); }

  YamlReader reader_;
  FaultRule rule_;
  const VerbRow* row_ = nullptr;
};

}  // namespace

std::string_view to_text(FaultVerb verb) { return kVerbs[static_cast<std::size_t>(verb)].name; }

Result<std::vector<FaultRule>> parse_faults(std::string_view text, const std::string& name) {
  SB_TRY(const formats::YamlNode root, formats::parse_yaml(text, name));
  YamlReader reader = YamlReader::of(root, name, ErrorCode::kInvalidInput);
  std::vector<FaultRule> rules;
  for (YamlReader& entry : reader.maps("faults")) rules.push_back(RuleReader(entry).read());
  SB_TRY_OK(reader.finish());
  return rules;
}

Result<std::vector<FaultRule>> load_faults(Files& files, const std::string& path) {
  if (path.empty()) return std::vector<FaultRule>();
  SB_TRY(const std::string text, files.read(path, formats::kYamlBytesMax));
  return parse_faults(text, path);
}

}  // namespace signalbus::exchange
