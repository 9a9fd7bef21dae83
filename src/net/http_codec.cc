// The readers sit on Beast's basic_parser and fill our own structs: no copy, no Beast container.
#include "net/http_codec.h"

#include "net/asio.h"
//
#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

namespace signalbus::net {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using ErrorCodeOut = beast::error_code;
using Text = beast::string_view;

/// The last chunk, `0\r\n\r\n`: no chunked body is whole before that many more bytes. Beast asserts
/// it has them when it comes back to the last chunk, so it is not called with fewer.
constexpr std::size_t kLastChunkBytes = 5;
/// A length beyond this is not believed when memory is set aside.
constexpr std::uint64_t kReserveMax = std::uint64_t{64} * 1024;

/// The half that requests and answers share: fields, body, limits and what is ambiguous.
template <bool is_request>
class Parser : public http::basic_parser<is_request> {
 public:
  explicit Parser(MessageLimits limits)
      : head_bytes_max(limits.head_bytes_max), body_bytes_max_(limits.body_bytes_max) {
    this->eager(true);
    this->header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
    this->body_limit(limits.body_bytes_max);
  }

  HttpRequest request;
  HttpResponse response;
  const std::size_t head_bytes_max;
  std::string what;  ///< Why we refuse what Beast would take, "" when we do not.
  int refusal = 400;

 private:
  void refuse(ErrorCodeOut& error, std::string why, int status = 400) {
    what = std::move(why);
    refusal = status;
    error = http::error::bad_value;
  }

  void on_request_impl(http::verb, Text method, Text target, int version, ErrorCodeOut&) override {
    request.method.assign(method.data(), method.size());
    request.target.assign(target.data(), target.size());
    version_ = version;
  }
  void on_response_impl(int status, Text, int version, ErrorCodeOut& error) override {
    response.status = status;
    version_ = version;
    if (status < 100) refuse(error, "the status is below 100");
  }

  void on_field_impl(http::field known, Text name, Text value, ErrorCodeOut& error) override {
    if (head_done_) return;  // A trailer: after the head was judged, nothing may change it.
    if (known == http::field::content_length) {
      // "5, 5" is two lengths; what stands before us might take another one.
      if (lengths_++ > 0) return refuse(error, "there are two lengths");
      if (!std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
        return refuse(error, "the length is not a number");
      }
    }
    if (known == http::field::transfer_encoding) {
      // Beast reads a coding it does not know as no coding.
      if (!beast::iequals(value, "chunked")) return refuse(error, "the coding is not chunked", 501);
      if (version_ == 10) return refuse(error, "HTTP/1.0 has no chunks");
    }
    if (known == http::field::host && hosts_++ > 0) return refuse(error, "there are two hosts");
    fields().add({name.data(), name.size()}, {value.data(), value.size()});
  }

  void on_header_impl(ErrorCodeOut& error) override {
    head_done_ = true;
    if (is_request && version_ == 11 && hosts_ == 0) refuse(error, "there is no host");
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCodeOut&) override {
    if (length) body().reserve(static_cast<std::size_t>(std::min(*length, kReserveMax)));
  }
  std::size_t on_body_impl(Text bytes, ErrorCodeOut& error) override {
    return append(bytes, error);
  }
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCodeOut&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, ErrorCodeOut& error) override {
    return append(bytes, error);
  }
  void on_finish_impl(ErrorCodeOut&) override {}

  std::size_t append(Text bytes, ErrorCodeOut& error) {
    if (bytes.size() > body_bytes_max_ - body().size()) {
      error = http::error::body_limit;
      return 0;
    }
    body().append(bytes.data(), bytes.size());
    return bytes.size();
  }

  std::string& body() { return is_request ? request.body : response.body; }
  Headers& fields() { return is_request ? request.headers : response.headers; }

  std::size_t body_bytes_max_;
  bool head_done_ = false;
  int version_ = 11;
  int lengths_ = 0;
  int hosts_ = 0;
};

template <bool is_request>
Awaits awaits_of(const Parser<is_request>& parser) {
  if (parser.is_done()) return Awaits::kNothing;
  return parser.is_header_done() ? Awaits::kBody : Awaits::kHead;
}

/// Whether a header line goes on in the next one: Beast makes one value of it, others see two
/// fields. `taken`: what Beast took while it was in the head; the start line may have been taken
/// before.
bool has_folded_line(std::string_view taken) {
  const std::size_t end = taken.starts_with("\r\n") ? 0 : taken.find("\r\n\r\n");
  const std::string_view head = taken.substr(0, end);
  return head.find("\r\n ") != std::string_view::npos ||
         head.find("\r\n\t") != std::string_view::npos;
}

template <bool is_request>
ErrorCodeOut put(Parser<is_request>& parser, std::string_view bytes, std::size_t& taken) {
  ErrorCodeOut error;
  // One call stops at each boundary (head, chunk); go on while it takes something.
  while (taken < bytes.size() && !parser.is_done()) {
    const std::string_view rest = bytes.substr(taken);
    const bool in_head = !parser.is_header_done();
    if (!in_head && parser.chunked() && rest.size() < kLastChunkBytes) break;
    const std::size_t used = parser.put(beast::net::const_buffer(rest.data(), rest.size()), error);
    if (in_head && used > 0 && has_folded_line(rest.substr(0, used))) {
      parser.what = "a header line is folded";
      return http::error::bad_value;
    }
    taken += used;
    if (error || used == 0) break;
  }
  // Beast waits without end for the line end of a chunk's head or the end of the trailers.
  if (error == http::error::need_more) error = {};
  if (!error && parser.is_header_done() && !parser.is_done() &&
      bytes.size() - taken > parser.head_bytes_max) {
    parser.what = "the head of a chunk or the trailers are too long";
    return http::error::bad_value;
  }
  return error;
}

template <bool is_request>
std::string reason_of_refusal(const Parser<is_request>& parser, const ErrorCodeOut& error) {
  return parser.what.empty() ? error.message() : parser.what;
}

int status_for(const Parser<true>& parser, const ErrorCodeOut& error) {
  if (!parser.what.empty()) return parser.refusal;
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

Status append_fields(std::string& out, const Headers& headers) {
  constexpr std::string_view kOurs[] = {"content-length", "transfer-encoding", "connection",
                                        "host"};
  for (const Field& field : headers) {
    const auto is_name = [&](std::string_view name) { return beast::iequals(name, field.name); };
    // The value may be a secret: it is not repeated.
    if (!is_token(field.name) || std::ranges::any_of(kOurs, is_name)) {
      return Error{ErrorCode::kInvalidInput,
                   "http: a header's name is not one that may be set here; use letters and dashes"};
    }
    const auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    if (std::ranges::any_of(field.value, breaks)) {
      return Error{ErrorCode::kInvalidInput,
                   "http: the value of header " + field.name + " holds a line break; remove it"};
    }
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return Ok{};
}

}  // namespace

struct RequestReader::State {
  explicit State(MessageLimits limits) : parser(limits) {}
  Parser<true> parser;
  int refusal = 400;
};

RequestReader::RequestReader(MessageLimits limits) : state_(std::make_unique<State>(limits)) {}
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;
RequestReader::~RequestReader() = default;

Result<std::size_t> RequestReader::feed(std::string_view bytes) {
  std::size_t taken = 0;
  if (const ErrorCodeOut error = put(state_->parser, bytes, taken)) {
    state_->refusal = status_for(state_->parser, error);
    return Error{ErrorCode::kInvalidInput, "request: " + reason_of_refusal(state_->parser, error)};
  }
  return taken;
}

Awaits RequestReader::awaits() const { return awaits_of(state_->parser); }
int RequestReader::refusal() const { return state_->refusal; }
bool RequestReader::keeps_connection() const { return state_->parser.keep_alive(); }
bool RequestReader::expects_continue() const {
  return beast::iequals(state_->parser.request.headers.get("expect"), "100-continue");
}
HttpRequest RequestReader::take() { return std::move(state_->parser.request); }

struct ResponseReader::State {
  State(MessageLimits the_limits, bool to_head) : limits(the_limits), answers_head(to_head) {
    start();
  }
  void start() {
    parser = std::make_unique<Parser<false>>(limits);
    parser->skip(answers_head);
  }
  MessageLimits limits;
  bool answers_head;
  std::unique_ptr<Parser<false>> parser;
};

ResponseReader::ResponseReader(MessageLimits limits, bool answers_head)
    : state_(std::make_unique<State>(limits, answers_head)) {}
ResponseReader::ResponseReader(ResponseReader&&) noexcept = default;
ResponseReader& ResponseReader::operator=(ResponseReader&&) noexcept = default;
ResponseReader::~ResponseReader() = default;

Result<std::size_t> ResponseReader::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (true) {
    const std::size_t before = taken;
    Parser<false>& parser = *state_->parser;
    if (const ErrorCodeOut error = put(parser, bytes, taken)) {
      return Error{ErrorCode::kUnknownOutcome, "answer: " + reason_of_refusal(parser, error)};
    }
    if (!parser.is_done() || parser.response.status >= 200) return taken;
    if (parser.response.status == 101) {
      return Error{ErrorCode::kUnknownOutcome, "answer: it changes the protocol unasked"};
    }
    // An interim answer. All of them together get the room of one head, so they cannot go on for
    // ever; Beast's limit holds for one.
    state_->limits.head_bytes_max -= std::min(state_->limits.head_bytes_max, taken - before);
    if (state_->limits.head_bytes_max == 0) {
      return Error{ErrorCode::kUnknownOutcome, "answer: too many interim answers"};
    }
    state_->start();
  }
}

Status ResponseReader::finish() {
  Parser<false>& parser = *state_->parser;
  ErrorCodeOut error;
  if (parser.got_some() && !parser.is_done()) parser.put_eof(error);
  if (error || !parser.is_done()) {
    return Error{ErrorCode::kUnknownOutcome, "answer: it is cut off"};
  }
  return Ok{};
}

Awaits ResponseReader::awaits() const { return awaits_of(*state_->parser); }
bool ResponseReader::keeps_connection() const { return state_->parser->keep_alive(); }
HttpResponse ResponseReader::take() { return std::move(state_->parser->response); }

Result<std::string> request_bytes(const HttpRequest& request, std::string_view authority) {
  const auto is_target_char = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
  if (!is_token(request.method) || !request.target.starts_with('/') ||
      !std::ranges::all_of(request.target, is_target_char)) {
    return Error{
        ErrorCode::kInvalidInput,
        "http: method or target of a request cannot be written; percent-encode the target"};
  }
  std::string out;
  out.reserve(512 + request.body.size());
  out.append(request.method).append(" ").append(request.target);
  out.append(" HTTP/1.1\r\nHost: ").append(authority).append("\r\n");
  SB_TRY_OK(append_fields(out, request.headers));
  if (!request.body.empty() ||
      (request.method != "GET" && request.method != "HEAD" && request.method != "DELETE")) {
    out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  return out.append("\r\n").append(request.body);
}

Result<std::string> response_bytes(const HttpResponse& response, ResponseForm form) {
  std::string out;
  out.reserve(512 + response.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_of(response.status)).append("\r\n");
  SB_TRY_OK(append_fields(out, response.headers));
  const bool has_body = response.status >= 200 && response.status != 204 && response.status != 304;
  if (has_body) {
    out.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  if (form.closes) out.append("Connection: close\r\n");
  out.append("\r\n");
  if (has_body && !form.head_only) out.append(response.body);
  return out;
}

std::string_view reason_of(int status) {
  const beast::string_view reason =
      http::obsolete_reason(http::int_to_status(static_cast<unsigned>(std::clamp(status, 0, 999))));
  return status < 100 || reason == "<unknown-status>"
             ? "Status"
             : std::string_view(reason.data(), reason.size());
}

}  // namespace signalbus::net
