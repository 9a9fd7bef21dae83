// The C surface between signalbus and its plug-in for mail and HTTPS (libcurl): plain structs, no
// C++ type and no exception crosses. Change anything here and raise kSurfaceVersion.
#pragma once

#include <stdint.h>

namespace signalbus::notify::plugin {

inline constexpr uint32_t kSurfaceVersion = 1;
inline constexpr const char* kSurfaceSymbol = "signalbus_notify_surface";

extern "C" {

/// What a call came to; 0 is an answer of the other side.
enum SurfaceCode : int32_t {
  kAnswered = 0,
  kNotSent = 1,  ///< Nothing of the message left: no address, no connection, no TLS.
  kUnclear = 2,  ///< It may have arrived: time-out or a connection that was lost.
  kBadCall = 3,  ///< It cannot be sent like that: no URL, a forbidden address.
};

struct SurfaceAnswer {
  int32_t status;  ///< HTTP's or SMTP's; 0 without one.
  char text[256];  ///< What went wrong, without URL and body; ends in 0.
};

/// Whether the connection may be made; asked with the very address it goes to. `family` 4 or 6.
struct SurfaceGate {
  const void* context;
  int32_t (*allows)(const void* context, const char* host, uint32_t port, int32_t family,
                    const uint8_t* address);
};

/// All texts end in 0; null for none.
struct SurfaceHttp {
  const char* method;  ///< "GET" or "POST"
  const char* url;
  const char* const* headers;  ///< "Name: value"
  uint32_t header_count;
  const char* body;
  uint64_t body_size;
  const char* user;  ///< Basic authentication.
  const char* password;
  const char* ca_file;
  int64_t timeout_ms;
  SurfaceGate gate;
};

enum SurfaceTls : int32_t { kStartTls = 0, kImplicitTls = 1, kNoTls = 2 };

struct SurfaceMail {
  const char* host;
  uint32_t port;
  int32_t tls;
  const char* user;
  const char* password;
  const char* from;
  const char* to;
  const char* const* headers;
  uint32_t header_count;
  const char* text;
  const char* html;
  const char* ca_file;
  int64_t timeout_ms;
};

struct Surface {
  uint32_t version;
  int32_t (*http)(const SurfaceHttp*, SurfaceAnswer*);
  int32_t (*mail)(const SurfaceMail*, SurfaceAnswer*);
};

using SurfaceFunction = const Surface* (*)();

}  // extern "C"

}  // namespace signalbus::notify::plugin
