// HTTP as plain values: requests, answers, header fields, URLs and query strings. Opens nothing.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace signalbus::net {

/// One name and its value: a header field or a parameter of a query.
struct Field {
  std::string name;
  std::string value;
};

/// Header fields in their order; names compare without regard to case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value);
  /// The value of the first field of that name, nullptr when there is none.
  const std::string* find(std::string_view name) const;
  /// The same, "" when there is none.
  std::string_view get(std::string_view name) const;
  /// Whether a comma-separated list of that name (over all its fields) holds the token.
  bool has_token(std::string_view name, std::string_view token) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

/// Whoever sends it adds Host, Content-Length and Connection; they are not to be in `headers`.
struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  ///< Path and query, encoded: `/v2/orders?status=open`.
  Headers headers;
  std::string body;
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

/// "Not Found" for 404; "Status" for one that has no name.
std::string_view reason_of(int status);

/// Where a service lives: `https://host:port/prefix`.
struct Url {
  bool tls = false;        ///< https or wss.
  std::string host;        ///< Lower case; an IPv6 address without its brackets.
  std::uint16_t port = 0;  ///< Always set: 80 or 443 when the text had none.
  std::string path;        ///< "" or `/prefix`, never with a slash at its end.

  /// Reads http, https, ws and wss. kInvalidInput for anything else, for user:password@ (a secret
  /// in a URL ends in logs), a query, a fragment, and bytes that do not belong into a URL.
  static Result<Url> parse(std::string_view text);

  /// As the Host header wants it: the port only when it is not the scheme's, IPv6 in brackets.
  std::string authority() const;
  bool is_loopback() const;  ///< localhost, 127.0.0.0/8 or ::1, by the text alone.
};

/// Everything but A-Z a-z 0-9 - . _ ~ as %XX: safe as a segment of a path and in a query.
std::string percent_encoded(std::string_view text);

/// The reverse; `+` is a space too (as forms and axios write it). kInvalidInput for a broken %XX.
Result<std::string> query_decoded(std::string_view text);
/// The same for a path, where `+` is a plus.
Result<std::string> path_decoded(std::string_view text);

/// `a=1&b=x%20y` with both sides decoded, in order; `a` alone has the value "". Empty text is no
/// field. kInvalidInput for a broken %XX.
Result<std::vector<Field>> parse_query(std::string_view text);

/// `?a=1&b=x%20y`, or "" for no fields.
std::string query_of(const std::vector<Field>& fields);

/// A target cut at its first `?`: neither part is decoded.
struct TargetParts {
  std::string_view path;
  std::string_view query;
};
TargetParts split_target(std::string_view target);

}  // namespace signalbus::net
