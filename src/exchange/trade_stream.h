// TradeSession: one connection of /stream as a machine: messages in, answers out, no socket.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exchange/auth.h"
#include "exchange/venue.h"

namespace signalbus::exchange {

class TradeSession {
 public:
  /// `keys` must outlive it.
  explicit TradeSession(const KeyRing& keys) : keys_(&keys) {}

  /// Answers to a message of the client, as JSON: none or one.
  std::vector<std::string> receive(std::string_view json);

  bool authorized() const { return !key_id_.empty(); }
  bool listening() const { return listening_; }
  const std::string& key_id() const { return key_id_; }

 private:
  std::string authenticate(const Credentials& credentials);

  const KeyRing* keys_;
  std::string key_id_;
  bool listening_ = false;
};

/// The trade_updates message of an event.
std::string trade_update_json(const core::Exchange& exchange, const core::Event& event);

}  // namespace signalbus::exchange
