// Channels: a stored message becomes a mail, a Slack post, a signed webhook, an SMS or a ping.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "book/alerts.h"
#include "core/result.h"
#include "core/secret.h"
#include "notify/transport.h"

namespace signalbus::notify {

/// What a channel's other side said.
struct Receipt {
  bool accepted;
  std::string answer;  ///< "250", "500": the status, never the words.
};

class Channel {
 public:
  virtual ~Channel() = default;
  virtual std::string name() const = 0;    ///< "email"; as messages name it.
  virtual std::string target() const = 0;  ///< To whom, without secrets.
  /// Sends it once. Errors as Transport's.
  virtual Result<Receipt> send(const OutboxMessage& message, Instant now,
                               std::chrono::milliseconds deadline) = 0;
};

struct MailAccount {
  std::string host;
  std::uint16_t port;
  MailTls tls;
  std::string user;
  Secret password;
  std::string from;
  std::string to;
};

/// Whoever takes Twilio's API: a form POST with basic authentication.
struct SmsAccount {
  std::string url;  ///< Twilio's base URL, or the whole one of another provider's endpoint.
  std::string account;
  Secret token;
  std::string from;
  std::string to;
};

// `transport` must outlive what they give.
std::unique_ptr<Channel> email_channel(Transport& transport, MailAccount account);
std::unique_ptr<Channel> slack_channel(Transport& transport, Secret url);
/// Without a secret the body is not signed.
std::unique_ptr<Channel> webhook_channel(Transport& transport, std::string url, Secret secret);
std::unique_ptr<Channel> sms_channel(Transport& transport, SmsAccount account);
/// A GET: whoever watches it notices when it stays away.
std::unique_ptr<Channel> dead_man_channel(Transport& transport, Secret url);

/// The X-Signalbus-Signature of a webhook's body: "v1=" and the hexadecimal HMAC-SHA256 of
/// "<timestamp>.<body>". The timestamp is in Unix seconds.
std::string signature_of(const Secret& secret, std::int64_t timestamp, std::string_view body);

/// A header's value that may be any text: RFC 2047 where it is not printable ASCII, one line
/// always.
std::string header_text(std::string_view text);

}  // namespace signalbus::notify
