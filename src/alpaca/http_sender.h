// HttpSender: one request, one answer. The seam between Alpaca's protocol and the network.
#pragma once

#include <chrono>
#include <memory>

#include "core/result.h"
#include "net/http.h"
#include "net/http_client.h"

namespace signalbus::alpaca {

/// Promises and errors are those of net::HttpClient::send: a request leaves at most once.
class HttpSender {
 public:
  virtual ~HttpSender() = default;
  virtual Result<net::HttpResponse> send(const net::HttpRequest& request,
                                         std::chrono::milliseconds deadline) = 0;
};

/// Over the network.
class NetSender final : public HttpSender {
 public:
  explicit NetSender(net::Url service, net::HttpClientOptions options = {});
  Result<net::HttpResponse> send(const net::HttpRequest& request,
                                 std::chrono::milliseconds deadline) override;

 private:
  net::HttpClient client_;
};

}  // namespace signalbus::alpaca
