// Transport: one HTTP request or one mail, at most once, with a deadline. The implementation is the
// plug-in on libcurl; tests of channels use their own.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"

namespace signalbus::notify {

struct HttpCall {
  std::string method;                     ///< "GET" or "POST"
  std::string url;                        ///< May be a secret: it is in no error's text.
  std::vector<std::string> headers = {};  ///< "Name: value", without line breaks.
  std::string body = {};
  std::string user = {};  ///< Basic authentication; empty: none.
  std::string password = {};
};

enum class MailTls { kStartTls, kImplicit, kNone };

struct MailCall {
  std::string host;
  std::uint16_t port;
  MailTls tls;
  std::string user = {};
  std::string password = {};
  std::string from;
  std::string to;
  std::vector<std::string> headers;  ///< All of them, without line breaks.
  std::string text;
  std::string html;
};

/// Both give the status that the other side answered with; its words are never read. kUnavailable:
/// nothing left; kUnknownOutcome: it may have arrived; kInvalidInput: it cannot be sent like that.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Result<int> http(const HttpCall& call, std::chrono::milliseconds deadline) = 0;
  virtual Result<int> mail(const MailCall& call, std::chrono::milliseconds deadline) = 0;
};

struct TransportOptions {
  std::vector<std::string> allow_private = {};  ///< host:port, see is_named().
  std::string ca_file = {};  ///< PEM, believed besides the system's certificates.
};

/// Loads libcurl at the first call; kStorage from then on when it is not there. HTTP goes to public
/// addresses on usual ports only, or to what was named; https, or plain http to what was named.
std::unique_ptr<Transport> curl_transport(TransportOptions options);

}  // namespace signalbus::notify
