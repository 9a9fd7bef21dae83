// AnalyticsSettings, NotifySettings, SimSettings: what is measured, who is told, and the exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alerts/rule.h"
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
  std::string benchmark_weights;               ///< A file of date,symbol,weight; empty: none.
  std::string factors;                         ///< A file of daily factor returns; empty: none.
  Ratio risk_free_rate = Ratio::zero();        ///< Per year: 0.02 is 2 %.
  std::vector<RiskThreshold> risk_thresholds;  ///< In file order.
  bool start_set = true;                       ///< The rules of docs/alerts.md are there.
  /// All rules that hold: the start set as changed, thresholds, own ones.
  std::vector<alerts::Rule> alert_rules{alerts::default_rules().begin(),
                                        alerts::default_rules().end()};
  std::string alert_email;     ///< Recipient of mails unless notify.smtp.to is set.
  Secret alert_slack_webhook;  ///< Whoever has the URL can post, so it is a secret.
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
  Secret dead_man;        ///< URL that is fetched after every good run: who has it can fake one.
  bool heartbeat = true;  ///< A message a day even when nothing happened.
  std::int64_t max_per_day = 20;          ///< Messages of a channel; critical ones always go.
  std::int64_t give_up_seconds = 86'400;  ///< A message that was not taken by then is given up.
  /// host:port that may lie in a private network, or on this machine with plain http.
  std::vector<std::string> allow_private;
  std::string ca_file;  ///< PEM, believed besides the system's certificates; empty: none.
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
