// The channels that speak HTTP. The mail's is in email.cc.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "formats/json_writer.h"
#include "notify/channel.h"

namespace signalbus::notify {
namespace {

std::string key_header(const OutboxMessage& message) { return "Idempotency-Key: " + message.key; }

Receipt receipt_of(int status) {
  return {status >= 200 && status < 300, "status " + std::to_string(status)};
}

/// Scheme and host of a URL: what a person may read of one that is a secret.
std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t end = url.find_first_of("/?#", scheme == std::string::npos ? 0 : scheme + 3);
  return url.substr(0, end);
}

class Slack final : public Channel {
 public:
  Slack(Transport& transport, Secret url) : transport_(transport), url_(std::move(url)) {}
  std::string name() const override { return "slack"; }
  std::string target() const override { return host_of(url_.reveal()); }
  Result<Receipt> send(const OutboxMessage& message, Instant /*now*/,
                       std::chrono::milliseconds deadline) override {
    formats::JsonWriter json(formats::JsonStyle::kCompact);
    json.begin_object().key("text").string(message.text);
    json.key("mrkdwn").boolean(false).key("link_names").boolean(false);
    json.key("unfurl_links").boolean(false).key("unfurl_media").boolean(false).end_object();
    SB_TRY(const int status,
           transport_.http({"POST",
                            url_.reveal(),
                            {"Content-Type: application/json", key_header(message)},
                            json.take()},
                           deadline));
    return receipt_of(status);
  }

 private:
  Transport& transport_;
  Secret url_;
};

class Webhook final : public Channel {
 public:
  Webhook(Transport& transport, std::string url, Secret secret)
      : transport_(transport), url_(std::move(url)), secret_(std::move(secret)) {}
  std::string name() const override { return "webhook"; }
  std::string target() const override { return host_of(url_); }
  Result<Receipt> send(const OutboxMessage& message, Instant now,
                       std::chrono::milliseconds deadline) override {
    constexpr std::int64_t kMicros = 1'000'000;
    const std::int64_t timestamp = now.micros() / kMicros;
    std::vector<std::string> headers = {"Content-Type: application/json", key_header(message),
                                        "X-Signalbus-Timestamp: " + std::to_string(timestamp)};
    if (secret_.is_set()) {
      headers.push_back("X-Signalbus-Signature: " + signature_of(secret_, timestamp, message.text));
    }
    SB_TRY(const int status,
           transport_.http({"POST", url_, std::move(headers), message.text}, deadline));
    return receipt_of(status);
  }

 private:
  Transport& transport_;
  std::string url_;
  Secret secret_;
};

/// Everything but A-Z a-z 0-9 - . _ ~ as %XX.
std::string form_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

class Sms final : public Channel {
 public:
  Sms(Transport& transport, SmsAccount account)
      : transport_(transport), account_(std::move(account)) {}
  std::string name() const override { return "sms"; }
  std::string target() const override { return account_.to + " by " + host_of(account_.url); }
  Result<Receipt> send(const OutboxMessage& message, Instant /*now*/,
                       std::chrono::milliseconds deadline) override {
    const std::string body = "To=" + form_encoded(account_.to) +
                             "&From=" + form_encoded(account_.from) +
                             "&Body=" + form_encoded(message.text);
    SB_TRY(
        const int status,
        transport_.http({"POST",
                         endpoint(),
                         {"Content-Type: application/x-www-form-urlencoded", key_header(message)},
                         body,
                         account_.account,
                         account_.token.reveal()},
                        deadline));
    return receipt_of(status);
  }

 private:
  /// A URL without a path is Twilio's, or of whoever copies its paths.
  std::string endpoint() const {
    std::string url = account_.url;
    while (url.ends_with('/')) url.pop_back();
    if (url != host_of(url)) return account_.url;
    return url + "/2010-04-01/Accounts/" + form_encoded(account_.account) + "/Messages.json";
  }

  Transport& transport_;
  SmsAccount account_;
};

class DeadMan final : public Channel {
 public:
  DeadMan(Transport& transport, Secret url) : transport_(transport), url_(std::move(url)) {}
  std::string name() const override { return "dead_man"; }
  std::string target() const override { return host_of(url_.reveal()); }
  Result<Receipt> send(const OutboxMessage& /*message*/, Instant /*now*/,
                       std::chrono::milliseconds deadline) override {
    SB_TRY(const int status, transport_.http({"GET", url_.reveal()}, deadline));
    return receipt_of(status);
  }

 private:
  Transport& transport_;
  Secret url_;
};

}  // namespace

std::string signature_of(const Secret& secret, std::int64_t timestamp, std::string_view body) {
  const std::string text = std::to_string(timestamp) + "." + std::string(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  ::HMAC(EVP_sha256(), secret.reveal().data(), static_cast<int>(secret.reveal().size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "v1=";
  for (unsigned int i = 0; i < size; ++i) {
    out += kHex[digest[i] >> 4];
    out += kHex[digest[i] & 15];
  }
  return out;
}

std::unique_ptr<Channel> slack_channel(Transport& transport, Secret url) {
  return std::make_unique<Slack>(transport, std::move(url));
}
std::unique_ptr<Channel> webhook_channel(Transport& transport, std::string url, Secret secret) {
  return std::make_unique<Webhook>(transport, std::move(url), std::move(secret));
}
std::unique_ptr<Channel> sms_channel(Transport& transport, SmsAccount account) {
  return std::make_unique<Sms>(transport, std::move(account));
}
std::unique_ptr<Channel> dead_man_channel(Transport& transport, Secret url) {
  return std::make_unique<DeadMan>(transport, std::move(url));
}

}  // namespace signalbus::notify
