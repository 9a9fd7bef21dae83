// Wire: the network between one process and the exchange. Real bytes, no sockets, and everything
// that a network, a proxy or a busy service does to them.
#pragma once

#include <optional>

#include "alpaca/http_sender.h"
#include "sim/process.h"

namespace signalbus::sim {

class Wire final : public alpaca::HttpSender {
 public:
  explicit Wire(Process& process) : process_(process), world_(process.world()) {}

  Result<net::HttpResponse> send(const net::HttpRequest& request,
                                 std::chrono::milliseconds deadline) override;

 private:
  Result<net::HttpResponse> exchange(const net::HttpRequest& request, std::int64_t deadline);
  std::optional<net::HttpResponse> refused_before(const net::HttpRequest& request);
  std::optional<Result<net::HttpResponse>> travels_late(const net::HttpRequest& request,
                                                        std::int64_t deadline);
  Result<net::HttpResponse> comes_back(const net::HttpRequest& request, net::HttpResponse response,
                                       std::int64_t deadline);
  const net::HttpResponse* stale_answer(const net::HttpRequest& request) const;
  void keep(const net::HttpRequest& request, const net::HttpResponse& response);

  Process& process_;
  World& world_;
  int burst_ = 0;  // requests that are still to be answered with 429
};

}  // namespace signalbus::sim
