// FaultPlan: which faults happen when. Occasions in, decisions out; whoever asks applies them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/result.h"
#include "exchange/venue_files.h"
#include "exchange_core/words.h"
#include "ports/files.h"

namespace signalbus::exchange {

/// docs/faults.md says what each does.
enum class FaultVerb : std::uint8_t {
  kDropRequest,
  kDropResponse,
  kStatusBefore,
  kAcceptThenStatus,
  kDelay,
  kTruncate,
  kGarble,
  kHtml,
  kDuplicate,
  kReorder,
  kSilence,
  kClose,
  kPartialFill,
  kAsyncReject,
  kStuckPendingCancel,
  kHaltSymbol,
  kLag,
  kSplit,
  kForeignOrder
};
inline constexpr std::size_t kFaultVerbs = 19;

/// What `on:` names.
enum class FaultTarget : std::uint8_t { kRequest, kFill, kStream, kAny };

struct FaultRule {
  FaultTarget target = FaultTarget::kAny;
  std::string method;  ///< Requests: `*` is any.
  std::string path;    ///< Requests: `*` stands for any run of characters.
  FaultVerb verb = FaultVerb::kDelay;
  int status = 0;
  std::int64_t micros = 0;           ///< `seconds`.
  std::optional<std::size_t> bytes;  ///< Of the body.
  Ratio share = Ratio::zero();
  SplitRatio ratio{1, 1};
  std::string symbol;  ///< Empty: of the order or fill.
  exchange_core::OrderSide side = exchange_core::OrderSide::kBuy;
  Quantity qty = Quantity::whole(1);
  std::optional<std::uint64_t> times = 1;  ///< Nothing: always.
  std::uint64_t after = 0;                 ///< So many occasions pass first.
  Ratio probability = Ratio::whole(1);
  std::string key_id;  ///< Empty: every account.
};

/// `drop_request`, ...
std::string_view to_text(FaultVerb verb);

/// The rules of a script. Every problem with its line: `faults.yaml:3: faults[1].do: unknown ...`.
/// kInvalidInput.
Result<std::vector<FaultRule>> parse_faults(std::string_view text, const std::string& name);
/// The script of a file; no path is no faults.
Result<std::vector<FaultRule>> load_faults(Files& files, const std::string& path);

/// Something that a fault may happen to.
struct Occasion {
  enum class Kind : std::uint8_t {
    kRequest,  ///< Before a request is handled.
    kOrder,    ///< Before an order is taken.
    kFill,     ///< After an execution.
    kMessage   ///< Before a message is sent on a stream.
  };
  Kind kind;
  std::string_view method = {};
  std::string_view path = {};  ///< Without the query. Orders: of the request that brings them.
  std::string_view key_id = {};
  std::string_view symbol = {};
  bool is_fill = false;  ///< Messages.
};

/// Rules with their counters. The same seed, rules and occasions give the same decisions.
class FaultPlan {
 public:
  explicit FaultPlan(std::uint64_t seed) : seed_(seed) {}

  void add(std::vector<FaultRule> rules);
  void clear() { rules_.clear(); }
  bool empty() const { return rules_.empty(); }

  /// The rules that fire, in the order of the script. They count as fired.
  std::vector<FaultRule> fire(const Occasion& occasion);

  struct Entry {
    FaultRule rule;
    std::uint64_t number;    ///< Since the exchange started, from 0.
    std::uint64_t seen = 0;  ///< Occasions that matched.
    std::uint64_t fired = 0;
  };
  const std::vector<Entry>& entries() const { return rules_; }

 private:
  bool fires(Entry& entry, const Occasion& occasion) const;

  std::uint64_t seed_;
  std::uint64_t next_number_ = 0;
  std::vector<Entry> rules_;
};

}  // namespace signalbus::exchange
