// AlpacaBroker: the port Broker over Alpaca's Trading API.
#pragma once

#include <map>

#include "alpaca/trading_api.h"
#include "ports/broker.h"

namespace signalbus::alpaca {

/// For one thread. `api` and `clock` must outlive it.
class AlpacaBroker final : public Broker {
 public:
  AlpacaBroker(TradingApi& api, const Clock& clock) : api_(api), clock_(clock) {}

  Result<BrokerAccount> account() override;
  /// Equities as holdings of origin kBrokerOnly: the journal decides what is ours.
  Result<Holdings> positions() override;
  Result<std::string> order_bytes(const Intent& intent) const override;
  Result<SubmitAnswer> submit(const Intent& intent) override;
  Result<std::optional<SubmitAnswer>> order(const ClientOrderId& id) override;
  Result<std::vector<BrokerOrder>> legs(const OrderId& bracket) override;
  Result<std::vector<BrokerOrder>> orders(Instant after) override;
  Result<std::vector<Fill>> fills(Instant after) override;
  /// Every activity that is no execution and was not canceled; a row without a day is kUnavailable.
  Result<std::vector<CashFlow>> cash_flows(TradeDate from) override;
  Status cancel(const OrderId& id) override;

 private:
  Result<SubmitAnswer> adopt(const Intent& intent);
  BrokerOrder broker_order_of(const Order& order);
  SubmitAnswer answer_of(const Order& order);
  void remember(const Order& order);

  TradingApi& api_;
  const Clock& clock_;
  std::map<OrderId, ClientOrderId> client_ids_;  ///< To name the orders of executions.
  std::map<ClientOrderId, Price> prices_used_;   ///< Of what this object submitted.
};

}  // namespace signalbus::alpaca
