// The two calls on libcurl. What is set here is the policy: TLS 1.2 with verification, no redirect,
// no proxy, no credentials from elsewhere, one deadline for everything, little of the answer read.
#include "notify/plugin/surface.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace signalbus::notify::plugin {
namespace {

constexpr std::size_t kAnswerBytesMax = std::size_t{64} * 1024;
constexpr long kConnectShare = 2;  // connecting may take half of the time

struct Easy {
  CURL* handle = curl_easy_init();
  Easy() = default;
  Easy(const Easy&) = delete;
  Easy& operator=(const Easy&) = delete;
  ~Easy() { curl_easy_cleanup(handle); }
};

struct List {
  curl_slist* items = nullptr;
  List() = default;
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() { curl_slist_free_all(items); }
  void add(const char* text) { items = curl_slist_append(items, text); }
};

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Address = std::unique_ptr<CURLU, FreeUrl>;

/// What the callbacks of one call share.
struct Call {
  const SurfaceGate* gate = nullptr;
  std::string host = {};
  std::uint32_t port = 0;
  bool forbidden = false;
  std::size_t answer_bytes = 0;
};

int32_t report(SurfaceAnswer* answer, SurfaceCode code, std::string_view text) {
  text = text.substr(0, sizeof answer->text - 1);
  std::memcpy(answer->text, text.data(), text.size());
  answer->text[text.size()] = '\0';
  return code;
}

std::size_t count_answer(char* /*bytes*/, std::size_t size, std::size_t count, void* context) {
  auto& call = *static_cast<Call*>(context);
  call.answer_bytes += size * count;
  return call.answer_bytes > kAnswerBytesMax ? 0 : size * count;
}

/// Asked with the address of the connection itself, so that no name can mean another one by then.
curl_socket_t open_checked(void* context, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& call = *static_cast<Call*>(context);
  const std::uint8_t* bytes = nullptr;
  std::int32_t family = 0;
  if (address->family == AF_INET) {
    family = 4;
    bytes = reinterpret_cast<const std::uint8_t*>(
        &reinterpret_cast<const sockaddr_in*>(&address->addr)->sin_addr);
  } else if (address->family == AF_INET6) {
    family = 6;
    bytes = reinterpret_cast<const std::uint8_t*>(
        &reinterpret_cast<const sockaddr_in6*>(&address->addr)->sin6_addr);
  }
  if (bytes == nullptr ||
      call.gate->allows(call.gate->context, call.host.c_str(), call.port, family, bytes) == 0) {
    call.forbidden = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void set_policy(CURL* curl, const char* ca_file, std::int64_t timeout_ms, Call& call) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs does not hold us
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout_ms) / kConnectShare);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (ca_file != nullptr) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);  // CAPATH stays
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_answer);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &call);
}

/// Codes after which nothing can have left.
bool nothing_left(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED:
    case CURLE_LOGIN_DENIED:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return true;
    default:
      return false;
  }
}

int32_t perform(CURL* curl, const Call& call, SurfaceAnswer* answer) {
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer->status = static_cast<int32_t>(status);
  if (code == CURLE_OK) return report(answer, kAnswered, "");
  // An answer whose body is too long for us is an answer all the same.
  if (code == CURLE_WRITE_ERROR && call.answer_bytes > kAnswerBytesMax) {
    return report(answer, kAnswered, "");
  }
  if (call.forbidden) {
    return report(answer, kBadCall, "its address or port is not a public one");
  }
  return report(answer, nothing_left(code) ? kNotSent : kUnclear, curl_easy_strerror(code));
}

/// The URL's own parser says what host and port are: the one that connects, no second one.
bool read_address(CURLU* url, const char* text, Call& call) {
  if (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK) return false;
  char* part = nullptr;
  if (curl_url_get(url, CURLUPART_USER, &part, 0) == CURLUE_OK) {
    curl_free(part);
    return false;
  }
  if (curl_url_get(url, CURLUPART_HOST, &part, 0) != CURLUE_OK) return false;
  call.host = part;
  curl_free(part);
  if (curl_url_get(url, CURLUPART_PORT, &part, CURLU_DEFAULT_PORT) != CURLUE_OK) return false;
  call.port = static_cast<std::uint32_t>(std::strtoul(part, nullptr, 10));
  curl_free(part);
  return true;
}

int32_t http(const SurfaceHttp* request, SurfaceAnswer* answer) {
  Call call{.gate = &request->gate};
  const Address url(curl_url());
  if (!read_address(url.get(), request->url, call)) {
    return report(answer, kBadCall, "its URL cannot be read");
  }
  const Easy easy;
  CURL* curl = easy.handle;
  set_policy(curl, request->ca_file, request->timeout_ms, call);
  curl_easy_setopt(curl, CURLOPT_CURLU, url.get());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "signalbus");
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_checked);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &call);
  List headers;
  headers.add("Expect:");
  for (std::uint32_t i = 0; i < request->header_count; ++i) headers.add(request->headers[i]);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.items);
  if (request->user != nullptr) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(curl, CURLOPT_USERNAME, request->user);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, request->password);
  }
  if (std::string_view(request->method) == "POST") {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request->body_size));
  }
  return perform(curl, call, answer);
}

struct FreeMime {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};

void add_alternative(curl_mime* mime, const char* text, const char* type) {
  curl_mimepart* part = curl_mime_addpart(mime);
  curl_mime_data(part, text, CURL_ZERO_TERMINATED);
  curl_mime_type(part, type);
  curl_mime_encoder(part, "quoted-printable");
}

/// multipart/alternative: readers show the last form that they know, so the text comes first.
curl_mime* alternatives(CURL* curl, const SurfaceMail& message) {
  curl_mime* forms = curl_mime_init(curl);
  add_alternative(forms, message.text, "text/plain; charset=utf-8");
  add_alternative(forms, message.html, "text/html; charset=utf-8");
  return forms;
}

int32_t mail(const SurfaceMail* message, SurfaceAnswer* answer) {
  Call call;
  const Easy easy;
  CURL* curl = easy.handle;
  set_policy(curl, message->ca_file, message->timeout_ms, call);
  const std::string host = std::string_view(message->host).find(':') == std::string_view::npos
                               ? message->host
                               : "[" + std::string(message->host) + "]";
  const std::string url = (message->tls == kImplicitTls ? "smtps://" : "smtp://") + host + ":" +
                          std::to_string(message->port);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(message->tls == kNoTls ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (message->user != nullptr) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, message->user);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, message->password);
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, message->from);
  List to;
  to.add(message->to);
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.items);
  List headers;
  for (std::uint32_t i = 0; i < message->header_count; ++i) headers.add(message->headers[i]);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.items);
  const std::unique_ptr<curl_mime, FreeMime> body(curl_mime_init(curl));
  curl_mimepart* whole = curl_mime_addpart(body.get());
  curl_mime_subparts(whole, alternatives(curl, *message));
  curl_mime_type(whole, "multipart/alternative");
  curl_easy_setopt(curl, CURLOPT_MIMEPOST, body.get());
  return perform(curl, call, answer);
}

constexpr Surface kSurface = {kSurfaceVersion, http, mail};

}  // namespace

extern "C" __attribute__((visibility("default"))) const Surface* signalbus_notify_surface() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK ? &kSurface : nullptr;
}

}  // namespace signalbus::notify::plugin
