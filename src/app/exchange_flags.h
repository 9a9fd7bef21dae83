// Flags of `signalbus exchange`, as texts; the command gives them their types.
#pragma once

#include <cstdint>
#include <string>

namespace signalbus::app {

struct ExchangeFlags {
  std::string listen = "127.0.0.1:8080";
  std::string prices;
  std::string cash = "100000";
  std::string clock;  ///< Empty: open for static prices, wall for a history.
  std::string faults;
  std::uint64_t seed = 1;
  std::string keys;
  std::string log;
  std::string state;
  std::string assets;
  std::string actions;
  std::string fees;
  std::string rate = "200";
  int multiplier = 4;
  std::uint32_t spread = 0;
  std::uint32_t walk = 0;
  std::string partial_fills = "0";
  std::uint32_t stream_symbols = 30;
  std::uint32_t stream_connections = 1;
};

}  // namespace signalbus::app
