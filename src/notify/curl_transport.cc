// Transport on the plug-in: dlopen once per process; it is never unloaded.
#include <dlfcn.h>

#include <algorithm>

#include "formats/find_plugin.h"
#include "notify/address.h"
#include "notify/plugin/surface.h"
#include "notify/transport.h"

namespace signalbus::notify {
namespace {

constexpr const char* kFile = "libsignalbus_notify.so";

Result<const plugin::Surface*> load() {
  const std::string path = formats::find_plugin(kFile);
  const auto fail = [&](const std::string& why) {
    return Error{ErrorCode::kStorage, path + ": the plug-in for mail and HTTPS does not load: " +
                                          why + "; install it beside the program, with libcurl"};
  };
  void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return fail(dlerror());
  void* symbol = dlsym(library, plugin::kSurfaceSymbol);
  if (symbol == nullptr) return fail("it has no " + std::string(plugin::kSurfaceSymbol));
  const plugin::Surface* surface = reinterpret_cast<plugin::SurfaceFunction>(symbol)();
  if (surface == nullptr) return fail("libcurl does not start");
  if (surface->version != plugin::kSurfaceVersion) return fail("its version does not fit");
  return surface;
}

Result<const plugin::Surface*> surface() {
  static const Result<const plugin::Surface*> loaded = load();
  return loaded;
}

int32_t allows(const void* context, const char* host, uint32_t port, int32_t family,
               const uint8_t* address) {
  const auto& allowed = *static_cast<const std::vector<std::string>*>(context);
  if (is_named(allowed, host, port)) return 1;
  const std::span<const std::uint8_t> bytes(address, family == 4 ? 4 : 16);
  return is_usual_port(port) && is_public_address(bytes) ? 1 : 0;
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> out;
  for (const std::string& text : texts) out.push_back(text.c_str());
  return out;
}

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

/// A line break in a header would be a second header.
bool has_line_break(const std::vector<std::string>& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const std::string& header) {
    return header.find_first_of(std::string("\r\n\0", 3)) != std::string::npos;
  });
}

Result<int> result_of(int32_t code, const plugin::SurfaceAnswer& answer) {
  const std::string said =
      answer.status == 0 ? "" : " (the other side had said " + std::to_string(answer.status) + ")";
  switch (code) {
    case plugin::kAnswered:
      return static_cast<int>(answer.status);
    case plugin::kNotSent:
      return Error{ErrorCode::kUnavailable, "nothing was sent: " + std::string(answer.text) + said};
    case plugin::kUnclear:
      return Error{ErrorCode::kUnknownOutcome,
                   "no clear answer: " + std::string(answer.text) + said};
    default:
      return Error{ErrorCode::kInvalidInput,
                   "not sent: " + std::string(answer.text) +
                       "; notify.allow_private names hosts that may be called all the same"};
  }
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(TransportOptions options) : options_(std::move(options)) {}

  Result<int> http(const HttpCall& call, std::chrono::milliseconds deadline) override {
    SB_TRY(const plugin::Surface* const curl, surface());
    if (has_line_break(call.headers)) {
      return Error{ErrorCode::kInvalidInput, "not sent: a line break in a header"};
    }
    const std::vector<const char*> headers = pointers(call.headers);
    const plugin::SurfaceHttp request = {.method = call.method.c_str(),
                                         .url = call.url.c_str(),
                                         .headers = headers.data(),
                                         .header_count = static_cast<uint32_t>(headers.size()),
                                         .body = call.body.data(),
                                         .body_size = call.body.size(),
                                         .user = or_null(call.user),
                                         .password = call.password.c_str(),
                                         .ca_file = or_null(options_.ca_file),
                                         .timeout_ms = deadline.count(),
                                         .gate = {&options_.allow_private, allows}};
    plugin::SurfaceAnswer answer{};
    const int32_t code = curl->http(&request, &answer);
    return result_of(code, answer);
  }

  Result<int> mail(const MailCall& call, std::chrono::milliseconds deadline) override {
    SB_TRY(const plugin::Surface* const curl, surface());
    if (has_line_break(call.headers) || has_line_break({call.from, call.to})) {
      return Error{ErrorCode::kInvalidInput, "not sent: a line break in a header"};
    }
    const std::vector<const char*> headers = pointers(call.headers);
    const plugin::SurfaceMail message = {.host = call.host.c_str(),
                                         .port = call.port,
                                         .tls = static_cast<int32_t>(call.tls),
                                         .user = or_null(call.user),
                                         .password = call.password.c_str(),
                                         .from = call.from.c_str(),
                                         .to = call.to.c_str(),
                                         .headers = headers.data(),
                                         .header_count = static_cast<uint32_t>(headers.size()),
                                         .text = call.text.c_str(),
                                         .html = call.html.c_str(),
                                         .ca_file = or_null(options_.ca_file),
                                         .timeout_ms = deadline.count()};
    plugin::SurfaceAnswer answer{};
    const int32_t code = curl->mail(&message, &answer);
    return result_of(code, answer);
  }

 private:
  TransportOptions options_;
};

}  // namespace

std::unique_ptr<Transport> curl_transport(TransportOptions options) {
  return std::make_unique<CurlTransport>(std::move(options));
}

}  // namespace signalbus::notify
