#include "alpaca/http_sender.h"

namespace signalbus::alpaca {

NetSender::NetSender(net::Url service, net::HttpClientOptions options)
    : client_(std::move(service), std::move(options)) {}

Result<net::HttpResponse> NetSender::send(const net::HttpRequest& request,
                                          std::chrono::milliseconds deadline) {
  return client_.send(request, deadline);
}

}  // namespace signalbus::alpaca
