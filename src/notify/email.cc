// E-mail: the headers are ours, their values cannot end a line; the body's encoding is libcurl's.
#include <array>

#include "notify/channel.h"

namespace signalbus::notify {
namespace {

constexpr std::array kWeekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t kHeaderBytesMax = 900;  // of a value; RFC 5322 permits 998 in a line

std::string two(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// RFC 5322: "Mon, 05 Jan 2026 21:10:00 +0000".
std::string mail_date(Instant at) {
  const TradeDate day = at.utc_date();
  const std::int64_t seconds = (at.micros() - Instant::start_of(day).micros()) / 1'000'000;
  return std::string(kWeekdays.at(static_cast<std::size_t>(day.weekday()))) + ", " +
         two(day.day()) + " " + kMonths.at(static_cast<std::size_t>(day.month() - 1)) + " " +
         std::to_string(day.year()) + " " + two(seconds / 3600) + ":" + two(seconds / 60 % 60) +
         ":" + two(seconds % 60) + " +0000";
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t i = 0; i < 3; ++i) {
      group = (group << 8) | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? kDigits[(group >> (18 - 6 * i)) & 63] : '=';
    }
  }
  return out;
}

class Email final : public Channel {
 public:
  Email(Transport& transport, MailAccount account)
      : transport_(transport), account_(std::move(account)) {}
  std::string name() const override { return "email"; }
  std::string target() const override {
    return account_.to + " by " + account_.host + ":" + std::to_string(account_.port);
  }

  Result<Receipt> send(const OutboxMessage& message, Instant /*now*/,
                       std::chrono::milliseconds deadline) override {
    const std::string domain = account_.from.substr(account_.from.find('@') + 1);
    const MailCall call = {
        .host = account_.host,
        .port = account_.port,
        .tls = account_.tls,
        .user = account_.user,
        .password = account_.password.reveal(),
        .from = "<" + account_.from + ">",
        .to = "<" + account_.to + ">",
        .headers = {"Date: " + mail_date(message.created),
                    "From: signalbus <" + account_.from + ">", "To: <" + account_.to + ">",
                    "Subject: " + header_text(message.subject),
                    "Message-ID: <" + message.key + "@" + domain + ">",
                    "Auto-Submitted: auto-generated", "X-Signalbus-Key: " + message.key},
        .text = message.text,
        .html = message.html};
    SB_TRY(const int status, transport_.mail(call, deadline));
    return Receipt{status >= 200 && status < 300, "status " + std::to_string(status)};
  }

 private:
  Transport& transport_;
  MailAccount account_;
};

}  // namespace

std::string header_text(std::string_view text) {
  std::string line;
  bool plain = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 || byte == 0x7f ? ' ' : c;
    plain = plain && byte < 0x7f;
  }
  // Printable text that looks like an encoded word would be decoded by readers.
  if (plain && line.find("=?") == std::string::npos) return line.substr(0, kHeaderBytesMax);
  std::string out;
  for (std::size_t at = 0; at < line.size();) {  // a word has at most 75 bytes; no character is cut
    std::size_t end = std::min(at + 42, line.size());
    while (end < line.size() && end > at + 1 &&
           (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) {
      --end;
    }
    const std::string word = "=?utf-8?B?" + base64(line.substr(at, end - at)) + "?=";
    if (out.size() + 1 + word.size() > kHeaderBytesMax) break;  // half a word is no word
    out += (out.empty() ? "" : " ") + word;
    at = end;
  }
  return out;
}

std::unique_ptr<Channel> email_channel(Transport& transport, MailAccount account) {
  return std::make_unique<Email>(transport, std::move(account));
}

}  // namespace signalbus::notify
