// HTTP/1.1 messages from bytes that come in pieces, and back. Opens nothing. For this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "net/http.h"

namespace signalbus::net {

struct MessageLimits {
  std::size_t head_bytes_max;
  std::size_t body_bytes_max;
};

/// What is left to read of a message.
enum class Awaits { kHead, kBody, kNothing };

/// Reads one request. What could be read in two ways is refused: two lengths, a length and chunks,
/// folded lines, a missing or second Host.
class RequestReader {
 public:
  explicit RequestReader(MessageLimits limits);
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;
  ~RequestReader();

  /// Takes bytes off the front and returns how many; what it leaves must come again, with more
  /// behind it. It takes nothing once the request is complete. kInvalidInput: see refusal();
  /// nothing may be fed after that.
  Result<std::size_t> feed(std::string_view bytes);
  Awaits awaits() const;
  int refusal() const;            ///< The status to refuse with after feed() failed: 400, 413, ...
  bool keeps_connection() const;  ///< Valid from the end of the head on, as is the next.
  bool expects_continue() const;
  HttpRequest take();  ///< Once awaits() is kNothing.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads one answer; interim answers (1xx) before it are passed over.
class ResponseReader {
 public:
  /// An answer to HEAD has no body whatever its head says.
  ResponseReader(MessageLimits limits, bool answers_head);
  ResponseReader(ResponseReader&&) noexcept;
  ResponseReader& operator=(ResponseReader&&) noexcept;
  ~ResponseReader();

  /// As RequestReader::feed. kUnknownOutcome when it is no HTTP, ambiguous or too large.
  Result<std::size_t> feed(std::string_view bytes);
  /// No more bytes will come: completes a body without a stated length. kUnknownOutcome when the
  /// answer is cut off.
  Status finish();
  Awaits awaits() const;
  bool keeps_connection() const;
  HttpResponse take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Head and body as they go over the wire. kInvalidInput, naming no value, when a byte would change
/// the meaning of the message: a line break in a field, a space in the target, a length of its own.
Result<std::string> request_bytes(const HttpRequest& request, std::string_view authority);

struct ResponseForm {
  bool head_only = false;  ///< It answers HEAD.
  bool closes = false;     ///< The connection ends with it.
};
/// The same for an answer.
Result<std::string> response_bytes(const HttpResponse& response, ResponseForm form);

}  // namespace signalbus::net
