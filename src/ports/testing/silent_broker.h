// A broker that answers nothing: tests override what they ask for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ports/broker.h"

namespace signalbus::testing {

class SilentBroker : public Broker {
 public:
  Result<BrokerAccount> account() override { return unused(); }
  Result<Holdings> positions() override { return unused(); }
  Result<std::string> order_bytes(const Intent&) const override { return unused(); }
  Result<SubmitAnswer> submit(const Intent&) override { return unused(); }
  Result<std::optional<SubmitAnswer>> order(const ClientOrderId&) override { return unused(); }
  Result<std::vector<BrokerOrder>> legs(const OrderId&) override { return unused(); }
  Result<std::vector<BrokerOrder>> orders(Instant) override { return unused(); }
  Result<std::vector<Fill>> fills(Instant) override { return unused(); }
  Result<std::vector<CashFlow>> cash_flows(TradeDate) override { return unused(); }
  Status cancel(const OrderId&) override { return unused(); }

 protected:
  static Error unused() { return {ErrorCode::kUsage, "this test expects nobody to ask for that"}; }
};

}  // namespace signalbus::testing
