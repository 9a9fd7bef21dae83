// RecordedExchange: the core, with every command that changed it written down so that a replay of
// the lines gives the same exchange again.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "exchange_core/exchange.h"

namespace signalbus::exchange {

/// Where commands are kept. Lines are without line break, of any other byte.
class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual Status append(std::string_view line) = 0;
  /// Returns once everything appended is durable.
  virtual Status sync() = 0;
};

/// A line cut at its tabs, with the escapes undone.
class CommandFields {
 public:
  /// Never fails: what is missing reads as empty, and ok() says so.
  static CommandFields of(std::string_view line);

  const std::string& verb() const { return verb_; }
  std::string text();
  std::int64_t number();
  bool ok() const { return ok_; }
  bool at_end() const { return next_ == fields_.size(); }

 private:
  std::string verb_;
  std::vector<std::string> fields_;
  std::size_t next_ = 0;
  bool ok_ = true;
};

/// Commands as in exchange_core/exchange.h, same names, same meaning.
class RecordedExchange {
 public:
  explicit RecordedExchange(const exchange_core::ExchangeSettings& settings) : core_(settings) {}

  const exchange_core::Exchange& core() const { return core_; }
  void clear_events() { core_.clear_events(); }

  /// Writes from now on; the sink must outlive this. nullptr stops.
  void record_to(CommandSink* sink) { sink_ = sink; }
  bool recording() const { return sink_ != nullptr; }
  /// A line of the owner's, among the commands. replay() does not know it.
  void note(std::string_view verb, std::initializer_list<std::string_view> fields);
  /// Makes durable what was recorded since the last call. kStorage after any failed write, for
  /// ever: what was not written must not be told to anybody.
  Status commit();
  /// Does one recorded command. False for a verb that is not ours; kInvalidInput for a broken line.
  Result<bool> replay(CommandFields fields);

  void advance_to(Instant now);
  exchange_core::AssetNumber put_asset(Instant now, const exchange_core::AssetTerms& terms);
  void set_quote(Instant now, exchange_core::AssetNumber asset, const exchange_core::Quote& quote);
  void set_halted(Instant now, exchange_core::AssetNumber asset, bool halted);
  void split(Instant now, exchange_core::AssetNumber asset, std::uint32_t numerator,
             std::uint32_t denominator);
  void pay_dividend(Instant now, exchange_core::AssetNumber asset, Price per_share);
  exchange_core::AccountNumber open_account(Instant now, const exchange_core::AccountTerms& terms);
  void set_configuration(Instant now, exchange_core::AccountNumber account,
                         const exchange_core::Configuration& configuration);
  void move_cash(Instant now, exchange_core::AccountNumber account,
                 exchange_core::ActivityKind kind, Money amount, std::string_view note);
  void set_position(Instant now, exchange_core::AccountNumber account,
                    exchange_core::AssetNumber asset, Quantity qty, Price avg_entry_price);
  exchange_core::Answer<exchange_core::Placed> submit(Instant now,
                                                      exchange_core::AccountNumber account,
                                                      const exchange_core::OrderRequest& request,
                                                      const exchange_core::SubmitHooks& hooks);
  exchange_core::Answer<exchange_core::Placed> replace(
      Instant now, exchange_core::AccountNumber account, exchange_core::OrderNumber order,
      const exchange_core::ReplaceRequest& request);
  exchange_core::Answer<exchange_core::Done> cancel(Instant now,
                                                    exchange_core::AccountNumber account,
                                                    exchange_core::OrderNumber order);
  std::vector<exchange_core::CanceledOrder> cancel_all(Instant now,
                                                       exchange_core::AccountNumber account);
  exchange_core::Answer<exchange_core::Placed> close_position(
      Instant now, exchange_core::AccountNumber account, std::string_view symbol,
      const exchange_core::CloseRequest& request);
  std::vector<exchange_core::ClosedPosition> close_all_positions(
      Instant now, exchange_core::AccountNumber account, bool cancel_orders);
  void release(Instant now, exchange_core::OrderNumber order);

 private:
  class Line;
  void write(const std::string& line);
  bool replay_market(CommandFields& fields);
  bool replay_account(CommandFields& fields);
  bool replay_order(CommandFields& fields);
  void replay_submit(CommandFields& fields, Instant now);

  exchange_core::Exchange core_;
  CommandSink* sink_ = nullptr;
  bool unsynced_ = false;
  Status state_ = Ok{};
};

}  // namespace signalbus::exchange
