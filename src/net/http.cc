#include "net/http.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/text.h"

namespace signalbus::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

Result<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return Error{ErrorCode::kInvalidInput,
                   "url: a percent sign at byte " + std::to_string(i) +
                       " is not followed by two hexadecimal digits; write a percent sign as %25"};
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// The text itself stays out of the message: people paste secrets into URLs.
Error bad_url(std::string_view what) {
  return {
      ErrorCode::kInvalidInput,
      "url: " + std::string(what) + "; write scheme://host:port/path with scheme http or https"};
}

struct Scheme {
  std::string_view start;
  bool tls;
};
constexpr Scheme kSchemes[] = {
    {"http://", false}, {"https://", true}, {"ws://", false}, {"wss://", true}};

std::uint16_t default_port(bool tls) { return tls ? 443 : 80; }

bool is_host_char(char c) { return is_unreserved(c) && c != '~'; }
bool is_ipv6_char(char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; }

/// Cuts the host off the front of `rest`.
Result<std::string> take_host(std::string_view& rest) {
  std::string_view host;
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return bad_url("a [ has no ]");
    host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (host.find(':') == std::string_view::npos || !std::ranges::all_of(host, is_ipv6_char)) {
      return bad_url("what stands in brackets is not an IPv6 address");
    }
  } else {
    host = rest.substr(0, rest.find(':'));
    rest.remove_prefix(host.size());
    if (!std::ranges::all_of(host, is_host_char)) return bad_url("the host has a wrong character");
  }
  if (host.empty() || host.size() > 253) return bad_url("there is no host");
  std::string out(host);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

Result<std::uint16_t> port_of(std::string_view rest, bool tls) {
  if (rest.empty()) return default_port(tls);
  std::uint16_t port = 0;
  const char* end = rest.data() + rest.size();
  const auto [stop, error] = std::from_chars(rest.data() + 1, end, port);
  if (rest.front() != ':' || error != std::errc() || stop != end || port == 0) {
    return bad_url("the port is not a number from 1 to 65535");
  }
  return port;
}

}  // namespace

void Headers::add(std::string name, std::string value) {
  fields_.push_back({std::move(name), std::move(value)});
}

const std::string* Headers::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      fields_, [&](const Field& field) { return same_name(field.name, name); });
  return found == fields_.end() ? nullptr : &found->value;
}

std::string_view Headers::get(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view() : *value;
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  for (const Field& field : fields_) {
    if (!same_name(field.name, name)) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::string_view item = rest.substr(0, rest.find(','));
      if (same_name(trimmed(item), token)) return true;
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    }
  }
  return false;
}

Result<Url> Url::parse(std::string_view text) {
  Url url;
  const auto scheme = std::ranges::find_if(kSchemes, [&](const Scheme& known) {
    return same_name(text.substr(0, known.start.size()), known.start);
  });
  if (scheme == std::end(kSchemes)) return bad_url("the scheme is not known");
  url.tls = scheme->tls;
  text.remove_prefix(scheme->start.size());
  if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; })) {
    return bad_url("a character is not allowed there");
  }
  if (text.find_first_of("?#@\\") != std::string_view::npos) {
    return bad_url("it has a query, a fragment or a user name");
  }
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::string_view place = text.substr(0, slash);
  url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  SB_TRY(url.host, take_host(place));
  SB_TRY(url.port, port_of(place, url.tls));
  return url;
}

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != default_port(tls)) out += ":" + std::to_string(port);
  return out;
}

bool Url::is_loopback() const {
  if (host == "localhost" || host == "::1") return true;
  // Only digits and dots: 127.evil.example is a name somebody else resolves.
  return host.starts_with("127.") && std::ranges::count(host, '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

Result<std::string> query_decoded(std::string_view text) { return percent_decoded(text, true); }
Result<std::string> path_decoded(std::string_view text) { return percent_decoded(text, false); }

Result<std::vector<Field>> parse_query(std::string_view text) {
  std::vector<Field> fields;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    if (item.empty()) continue;
    const std::size_t equals = std::min(item.find('='), item.size());
    SB_TRY(std::string name, query_decoded(item.substr(0, equals)));
    SB_TRY(std::string value, query_decoded(item.substr(std::min(item.size(), equals + 1))));
    fields.push_back({std::move(name), std::move(value)});
  }
  return fields;
}

std::string query_of(const std::vector<Field>& fields) {
  std::string out;
  for (const Field& field : fields) {
    out += out.empty() ? '?' : '&';
    out += percent_encoded(field.name) + "=" + percent_encoded(field.value);
  }
  return out;
}

TargetParts split_target(std::string_view target) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  return {.path = target.substr(0, mark),
          .query = target.substr(std::min(target.size(), mark + 1))};
}

}  // namespace signalbus::net
