#include <gtest/gtest.h>
#include <algorithm>
#include <iostream>
#include <thread>
#include "net/http_client.h"
#include "net/http_server.h"
namespace signalbus::net {
TEST(Smoke, Speed) {
  Loop loop;
  auto server = HttpServer::listen(loop, {}, [](const IncomingRequest& r, Responder out) {
    out.send({.status = 200,
              .headers = {{"Content-Type", "application/json"}},
              .body = std::string(300, 'x')});
    (void)r;
  });
  ASSERT_TRUE(server.ok()) << server.error().message;
  std::thread t([&] { loop.run(); });
  HttpClient client(
      Url{.tls = false, .host = "127.0.0.1", .port = server.value().port(), .path = ""});
  HttpRequest post{.method = "POST",
                   .target = "/v2/orders",
                   .headers = {{"Content-Type", "application/json"},
                               {"APCA-API-KEY-ID", "k"},
                               {"APCA-API-SECRET-KEY", "s"}},
                   .body = std::string(300, 'y')};
  const int n = getenv("N") ? atoi(getenv("N")) : 2000;
  std::vector<double> us;
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < n; ++i) {
    auto a = std::chrono::steady_clock::now();
    auto r = client.send(post, std::chrono::seconds(5));
    ASSERT_TRUE(r.ok()) << r.error().message;
    ASSERT_EQ(r.value().body.size(), 300u);
    us.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - a).count());
  }
  double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::sort(us.begin(), us.end());
  std::cout << n / s << " rps p50 " << us[n / 2] << " p99 " << us[n * 99 / 100] << "\n";
  loop.stop();
  t.join();
}
}  // namespace signalbus::net
