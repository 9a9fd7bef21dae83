// AnalyticsSettings, NotifySettings, SimSettings: read and checked now, used by later modules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.h"
#include "core/secret.h"

namespace signalbus::settings {

/// When a metric of M6 becomes an alert. Values have the sign of the metric (max_drawdown: -0.2).
struct RiskThreshold {
  std::string metric;  ///< A name of `signalbus metrics --json`.
  double warn;         ///< 80 % of critical in the short form.
  double critical;
};

/// M6 reads it.
struct AnalyticsSettings {
  std::string benchmark;                       ///< A symbol; empty: no benchmark.
  Ratio risk_free_rate = Ratio::zero();        ///< Per year: 0.02 is 2 %.
  std::vector<RiskThreshold> risk_thresholds;  ///< In file order.
  std::string alert_email;                     ///< Recipient; empty: none.
  Secret alert_slack_webhook;                  ///< Whoever has the URL can post, so it is a secret.
};

enum class SmtpTls { kStartTls, kImplicit, kNone };

/// The notifier reads it. A channel is on when its first field is set.
struct NotifySettings {
  struct Smtp {
    std::string host;
    std::int64_t port = 587;
    std::string user;
    Secret password;
    std::string from;
    std::string to;
    SmtpTls tls = SmtpTls::kStartTls;  ///< None only to loopback.
  } smtp;
  struct Sms {
    std::string url;
    std::string account;
    Secret token;
    std::string from;
    std::string to;
  } sms;
  Secret slack_webhook;
  struct Webhook {
    std::string url;
    Secret secret;  ///< Signs the body.
  } webhook;
};

enum class SimTransport { kHttp, kDirect };

/// Mode sim reads it: the embedded exchange in state/sim/.
struct SimSettings {
  std::string prices;                  ///< Path of static prices or a daily history.
  Money cash = Money::whole(100'000);  ///< USD an account opens with.
  std::string clock = "open";          ///< open, wall, or DATE[@SPEED].
  std::string faults;                  ///< Path of a fault script; empty: none.
  std::int64_t seed = 1;               ///< Of everything random in the exchange.
  std::string actions;                 ///< Path of splits and dividends; empty: none.
  SimTransport transport = SimTransport::kHttp;
};

}  // namespace signalbus::settings
