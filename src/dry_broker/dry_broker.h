// DryBroker: the Broker that touches nothing. Every order is simulated as filled at once.
#pragma once

#include <map>

#include "ports/broker.h"
#include "ports/clock.h"

namespace signalbus::dry_broker {

/// Fills happen at the market price the gate saw, or the order's reference price. Submitting one id
/// twice gives the same answer twice, as a broker with unique ids would. Its orders have no id of a
/// broker, and nothing is ever sent.
class DryBroker final : public Broker {
 public:
  /// `market` must outlive the broker; `account` and `holdings` are what account() and positions()
  /// answer.
  DryBroker(const PriceBook& market, const Clock& clock, BrokerAccount account, Holdings holdings)
      : market_(market),
        clock_(clock),
        account_(std::move(account)),
        holdings_(std::move(holdings)) {}

  Result<BrokerAccount> account() override { return account_; }
  Result<Holdings> positions() override { return holdings_; }
  Result<std::string> order_bytes(const Intent&) const override { return std::string(); }
  Result<SubmitAnswer> submit(const Intent& intent) override;
  Result<std::optional<SubmitAnswer>> order(const ClientOrderId& id) override;
  Result<std::vector<BrokerOrder>> legs(const OrderId&) override {
    return std::vector<BrokerOrder>{};  // a rehearsal protects nothing
  }
  Result<std::vector<BrokerOrder>> orders(Instant after) override;
  Result<std::vector<Fill>> fills(Instant after) override;
  /// None: nothing but its own orders changes what a dry run holds.
  Result<std::vector<CashFlow>> cash_flows(TradeDate) override { return std::vector<CashFlow>(); }
  /// kNotFound: what is filled at once is never there to be canceled.
  Status cancel(const OrderId& id) override;

 private:
  const PriceBook& market_;
  const Clock& clock_;
  BrokerAccount account_;
  Holdings holdings_;
  std::map<ClientOrderId, SubmitAnswer> orders_;
  std::vector<ClientOrderId> sequence_;  ///< As they were submitted.
};

}  // namespace signalbus::dry_broker
