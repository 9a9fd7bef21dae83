#include "app/notifier.h"

#include <algorithm>
#include <random>

#include "core/paths.h"
#include "core/text.h"
#include "storage/secret_file.h"

namespace signalbus::app {
namespace {

notify::MailTls tls_of(settings::SmtpTls tls) {
  switch (tls) {
    case settings::SmtpTls::kStartTls:
      return notify::MailTls::kStartTls;
    case settings::SmtpTls::kImplicit:
      return notify::MailTls::kImplicit;
    case settings::SmtpTls::kNone:
      return notify::MailTls::kNone;
  }
  return notify::MailTls::kStartTls;
}

notify::Jitter jitter() {
  return [engine = std::mt19937(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
}

void warn(Session& session, const std::string& what) {
  session.doors().log.line(LogLevel::kWarn, "notify", what);
}

}  // namespace

std::vector<std::string> channel_names(const settings::NotifySettings& notify) {
  std::vector<std::string> names;
  if (!notify.smtp.host.empty()) names.emplace_back("email");
  if (notify.slack_webhook.is_set()) names.emplace_back("slack");
  if (!notify.webhook.url.empty()) names.emplace_back("webhook");
  if (!notify.sms.url.empty()) names.emplace_back("sms");
  if (notify.dead_man.is_set()) names.emplace_back("dead_man");
  return names;
}

Result<pipeline::AlertDoors> alert_doors(Session& session) {
  SB_TRY(AlertBook * book, session.alert_book());
  return pipeline::AlertDoors{book, &session.system_clock(),
                              channel_names(session.settings().notify)};
}

void tell_start(Session& session, TradeDate date, const std::string& why_not) {
  const Result<pipeline::AlertDoors> doors = alert_doors(session);
  if (!doors.ok()) return warn(session, doors.error().message);
  const auto told = pipeline::run_start_alert(doors.value(), session.settings(), session.mode(),
                                              date, why_not, session.doors().log);
  if (!told.ok()) warn(session, told.error().message);
}

Notifier::Notifier(Session& session) {
  const settings::NotifySettings& notify = session.settings().notify;
  notify::TransportOptions options{.allow_private = notify.allow_private};
  if (!notify.ca_file.empty()) {
    options.ca_file = join_path(session.workspace().root, notify.ca_file);
  }
  transport_ = notify::curl_transport(std::move(options));
  for (const settings::UnsetVariable& unset : session.settings().unset) {
    const bool ours =
        unset.key.starts_with("notify.") || unset.key.starts_with("analytics.alerts.");
    if (ours) {
      problems_.push_back(unset.key + ": ${" + unset.name + "} is not set (" + unset.origin +
                          "); export it");
    }
  }
  open_channels(session);
}

Secret Notifier::read(const Secret& secret, const std::string& root, const std::string& key) {
  if (secret.file().empty()) return secret;
  Result<Secret> value = storage::resolved_secret(Secret::in_file(join_path(root, secret.file())));
  if (value.ok()) return std::move(value).value();
  problems_.push_back(key + ": " + value.error().message);
  return {};
}

void Notifier::open_channels(Session& session) {
  const settings::NotifySettings& notify = session.settings().notify;
  const std::string& root = session.workspace().root;
  if (!notify.smtp.host.empty()) {
    const auto& smtp = notify.smtp;
    channels_.push_back(notify::email_channel(
        *transport_, {smtp.host, static_cast<std::uint16_t>(smtp.port), tls_of(smtp.tls), smtp.user,
                      read(smtp.password, root, "notify.smtp.password"), smtp.from, smtp.to}));
  } else if (!session.settings().analytics.alert_email.empty()) {
    problems_.emplace_back(
        "analytics.alerts.email names a recipient, but there is no mail server; set "
        "notify.smtp.host and notify.smtp.from");
  }
  if (notify.slack_webhook.is_set()) {
    channels_.push_back(notify::slack_channel(
        *transport_, read(notify.slack_webhook, root, "notify.slack.webhook")));
  }
  if (!notify.webhook.url.empty()) {
    channels_.push_back(
        notify::webhook_channel(*transport_, notify.webhook.url,
                                read(notify.webhook.secret, root, "notify.webhook.secret")));
  }
  if (!notify.sms.url.empty()) {
    const auto& sms = notify.sms;
    channels_.push_back(notify::sms_channel(
        *transport_,
        {sms.url, sms.account, read(sms.token, root, "notify.sms.token"), sms.from, sms.to}));
  }
  if (notify.dead_man.is_set()) {
    channels_.push_back(
        notify::dead_man_channel(*transport_, read(notify.dead_man, root, "notify.dead_man.url")));
  }
}

Result<notify::Delivered> Notifier::deliver(Session& session, Clock& clock) {
  SB_TRY(AlertBook * book, session.alert_book());
  return notify::deliver_due(*book, channels_, clock, {}, jitter(), session.doors().log);
}

void deliver_quietly(Session& session) {
  if (!session.doors().files.exists(session.workspace().journal())) return;
  const Result<AlertBook*> book = session.alert_book();
  if (!book.ok()) return;  // whoever opened it before has said why
  const auto due = book.value()->due_messages(session.system_clock().now(), 1);
  if (due.ok() && due.value().empty()) return;
  Notifier notifier(session);
  for (const std::string& problem : notifier.problems()) warn(session, problem);
  const Result<notify::Delivered> done = notifier.deliver(session, session.system_clock());
  if (!done.ok()) warn(session, done.error().message);
}

}  // namespace signalbus::app
