// Service: Alpaca's REST API as a function from request to reply, with the faults in between.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exchange/auth.h"
#include "exchange/call.h"
#include "exchange/faults.h"
#include "exchange/rate_limit.h"
#include "exchange/venue.h"
#include "net/http.h"

namespace signalbus::exchange {

/// How an answer reaches whoever asked, or does not.
enum class Delivery {
  kSend,
  kClose,   ///< The connection closes without an answer.
  kSilent,  ///< It stays open, and no answer ever comes.
  kCut      ///< Head, `body_bytes` of the body, then the connection closes without a word.
};

struct Reply {
  net::HttpResponse response;
  Delivery delivery = Delivery::kSend;
  std::size_t body_bytes = 0;
  std::int64_t delay_micros = 0;
};

/// Single-threaded, opens no socket. `venue` must outlive it.
class Service final : public VenueListener {
 public:
  Service(Venue& venue, KeyRing keys);

  /// Settles the venue's time, then answers. `loopback`: the peer is on this machine, which the
  /// admin paths want. An exchange whose state cannot be written answers 500 from then on.
  Reply answer(const net::HttpRequest& request, bool loopback);
  /// Does what time brought, without a request.
  void tick();
  /// The first failure to write the state; after it the process must end.
  const Status& state() const { return state_; }

  Venue& venue() { return venue_; }
  FaultPlan& faults() { return faults_; }
  /// The faults for that occasion, noted in the log.
  std::vector<FaultRule> fire(const Occasion& occasion, std::string_view where);
  const KeyRing& keys() const { return keys_; }
  const std::vector<std::string>& own_origins() const { return own_origins_; }
  /// The addresses it is reached by, as `http://127.0.0.1:8080`: pages of these may use the admin.
  void set_own_origins(std::vector<std::string> origins) { own_origins_ = std::move(origins); }

  void on_event(const core::Event& event) override;
  void on_price(core::AssetNumber, Instant) override {}
  void on_halt(core::AssetNumber asset, bool halted, Instant at) override;

 private:
  struct RequestFaults;
  struct WorldFault {
    FaultRule rule;
    core::AccountNumber account;
    std::string symbol;
  };

  Reply routed(const net::HttpRequest& request, std::string_view path, std::string_view query);
  Reply handled(Call& call, const struct Route& route, const RequestFaults& faults);
  RequestFaults request_faults(const net::HttpRequest& request, std::string_view path,
                               const VenueAccount& account);
  void order_faults(Call& call, std::string_view path);
  void change_world();
  void change_world(const WorldFault& fault);
  void finish(Reply& reply);
  std::string next_request_id();

  Venue& venue_;
  KeyRing keys_;
  RateLimit limit_;
  FaultPlan faults_;
  Status state_ = Ok{};
  std::vector<WorldFault> world_;
  std::vector<std::string> own_origins_;
  std::uint64_t requests_ = 0;
};

}  // namespace signalbus::exchange
