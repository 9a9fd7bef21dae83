#include "net/http_client.h"

#include <array>
#include <optional>

#include "net/channel.h"
#include "net/connect.h"
#include "net/http_codec.h"

namespace signalbus::net {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kReadBytes = std::size_t{16} * 1024;

}  // namespace

struct HttpClient::State {
  Url service;
  HttpClientOptions options;
  std::string authority;
  std::optional<TlsContext> tls;
  std::optional<Channel> channel;
  std::array<char, kReadBytes> buffer;

  Status connect(TimePoint deadline) {
    if (channel && !channel->is_stale()) return Ok{};
    channel.reset();
    if (service.tls && !tls) {
      SB_TRY(TlsContext made, TlsContext::client(options.trust));
      tls = std::move(made);
    }
    SB_TRY(Channel made, connect_to(service, tls ? &*tls : nullptr, deadline));
    channel = std::move(made);
    return Ok{};
  }

  Error lost(ErrorCode code, std::string_view what) const {
    constexpr std::string_view kMayHaveLeft =
        "; it may have been acted on, ask before sending again";
    return {code, authority + ": " + std::string(what) +
                      std::string(code == ErrorCode::kUnknownOutcome ? kMayHaveLeft : "")};
  }

  Status write(std::string_view bytes, TimePoint deadline) {
    const std::uint64_t before = channel->bytes_written();
    const auto failed = [&](std::string_view what) {
      const bool left = channel->bytes_written() != before;
      return lost(left ? ErrorCode::kUnknownOutcome : ErrorCode::kUnavailable, what);
    };
    if (steady_clock::now() >= deadline) return failed("the deadline came before the request left");
    while (!bytes.empty()) {
      const IoResult result = channel->write_some(bytes);
      if (result.io == Io::kDone) {
        bytes.remove_prefix(result.bytes);
      } else if (result.io == Io::kEnd || result.io == Io::kFailed) {
        return failed("the connection broke while the request was written");
      } else if (!wait_until_ready(*channel, result.io, deadline)) {
        return failed("the request was not written by the deadline");
      }
    }
    return Ok{};
  }

  /// Reads until the answer is whole. Says whether the connection may carry another request.
  Result<bool> read(ResponseReader& reader, TimePoint deadline) {
    std::string kept;  // What the reader wants to see again, with more behind it.
    while (true) {
      // First, so that a peer that never stops sending is held to the deadline too.
      if (steady_clock::now() >= deadline) {
        return lost(ErrorCode::kUnknownOutcome, "no whole answer by the deadline");
      }
      const IoResult result = channel->read_some(buffer);
      if (result.io == Io::kWantsRead || result.io == Io::kWantsWrite) {
        wait_until_ready(*channel, result.io, deadline);
        continue;
      }
      if (result.io == Io::kFailed) {
        return lost(ErrorCode::kUnknownOutcome,
                    "the connection broke before the answer was whole: " + channel->failure());
      }
      if (result.io == Io::kEnd) {
        if (const Status whole = reader.finish(); !whole.ok()) {
          return lost(ErrorCode::kUnknownOutcome, whole.error().message);
        }
        return false;
      }
      std::string_view bytes(buffer.data(), result.bytes);
      if (!kept.empty()) bytes = kept.append(bytes);
      const Result<std::size_t> taken = reader.feed(bytes);
      if (!taken.ok()) return lost(ErrorCode::kUnknownOutcome, taken.error().message);
      bytes.remove_prefix(taken.value());
      // Bytes behind the answer are no answer to anything: the connection is not to be trusted.
      if (reader.awaits() == Awaits::kNothing) return bytes.empty() && reader.keeps_connection();
      kept = std::string(bytes);
    }
  }

  Result<HttpResponse> exchange(const HttpRequest& request, std::string_view bytes,
                                TimePoint deadline) {
    SB_TRY_OK(connect(deadline));
    SB_TRY_OK(write(bytes, deadline));
    ResponseReader reader({options.head_bytes_max, options.body_bytes_max},
                          request.method == "HEAD");
    SB_TRY(const bool reusable, read(reader, deadline));
    if (!reusable) channel.reset();
    return reader.take();
  }
};

HttpClient::HttpClient(Url service, HttpClientOptions options) : state_(std::make_unique<State>()) {
  state_->authority = service.authority();
  state_->service = std::move(service);
  state_->options = std::move(options);
}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request,
                                      std::chrono::milliseconds deadline) {
  const TimePoint until = deadline_in(deadline);
  SB_TRY(const std::string bytes, request_bytes(request, state_->authority));
  Result<HttpResponse> answer = state_->exchange(request, bytes, until);
  // The answer to this request must never be read as the next one's.
  if (!answer.ok()) state_->channel.reset();
  return answer;
}

const Url& HttpClient::service() const { return state_->service; }

}  // namespace signalbus::net
