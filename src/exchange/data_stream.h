// DataSession: one connection of /v2/{feed} as a machine; MarketTape: what there is to tell it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/auth.h"
#include "exchange/venue.h"
#include "formats/json.h"

namespace signalbus::exchange {

/// In the order of a subscription's acknowledgement; the last two follow the trades.
enum class Channel : std::uint8_t {
  kTrades,
  kQuotes,
  kBars,
  kUpdatedBars,
  kDailyBars,
  kStatuses,
  kLulds,
  kCorrections,
  kCancelErrors
};
inline constexpr std::size_t kChannels = 9;

/// One message for whoever subscribed to it.
struct TapeMessage {
  Channel channel;
  std::string symbol;
  std::string json;  ///< An object.
};

class DataSession {
 public:
  /// Asked once per authentication: whether that key may have one more connection.
  using Admission = std::function<bool(const std::string& key_id)>;

  /// `keys` must outlive it.
  DataSession(const KeyRing& keys, std::uint32_t symbols_max, Admission admit)
      : keys_(&keys), symbols_max_(symbols_max), admit_(std::move(admit)) {}

  static std::string greeting();      ///< The first frame.
  static std::string auth_timeout();  ///< Error 404.

  struct Answer {
    std::string json;    ///< An array with one control message.
    bool close = false;  ///< The connection ends after it.
  };
  Answer receive(std::string_view json);

  bool authorized() const { return !key_id_.empty(); }
  const std::string& key_id() const { return key_id_; }
  bool wants(const TapeMessage& message) const;

 private:
  using Symbols = std::set<std::string, std::less<>>;
  Answer authenticate(const Credentials& credentials);
  Answer change(const formats::JsonValue& root, bool subscribe);
  std::string acknowledgement() const;

  const KeyRing* keys_;
  std::uint32_t symbols_max_;
  Admission admit_;
  std::string key_id_;
  std::array<Symbols, 7> subscribed_;
};

/// Gathers trades, quotes, minute bars, running daily bars and halts from price changes.
class MarketTape {
 public:
  void price_changed(const core::Exchange& exchange, core::AssetNumber asset, Instant at);
  void halt_changed(const core::Exchange& exchange, core::AssetNumber asset, bool halted,
                    Instant at);
  using Wanted = std::function<bool(const TapeMessage&)>;
  /// Ends the minute bars that are over. In a minute without a trade a bar is made for those who
  /// want it: flat at the price. Of several minutes that passed at once only the last has one.
  void advance_to(const core::Exchange& exchange, Instant now, const Wanted& wanted);
  /// What gathered since the last call.
  std::vector<TapeMessage> take();

 private:
  struct Bar {
    Instant start = Instant::from_micros(0);
    Price open = Price::zero();
    Price high = Price::zero();
    Price low = Price::zero();
    Price close = Price::zero();
    std::int64_t trades = 0;

    void add(Price price);
  };
  void finish_minute(const core::Exchange& exchange, core::AssetNumber asset);

  Instant minute_ = Instant::from_micros(0);  // begun last
  std::map<std::uint32_t, Bar> minutes_;      // by asset number
  std::map<std::uint32_t, Bar> days_;
  std::vector<TapeMessage> gathered_;
  std::uint64_t trade_id_ = 0;
};

/// The letter and the tape of an exchange, as market data names them.
std::string_view exchange_letter(std::string_view exchange);
std::string_view tape_letter(std::string_view exchange);

}  // namespace signalbus::exchange
