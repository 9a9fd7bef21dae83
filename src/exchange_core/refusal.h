// Refusal and Answer: how the exchange says no, in Alpaca's words.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/check.h"

namespace signalbus::exchange_core {

/// An extra key of a refusal's body, such as "available": "0". Either a text or a list of texts;
/// numbers are texts on the wire.
struct RefusalField {
  std::string_view key;  ///< A literal.
  std::string text;
  std::vector<std::string> list;
  bool is_list = false;
};

/// A definitive no: nothing was placed or changed. The body is {"code", "message", fields...};
/// Alpaca writes keys in alphabetical order, and `fields` are in that order among themselves.
struct Refusal {
  int http_status;      ///< 403, 404 or 422.
  int code;             ///< 40310000, 40410000, 40010001, 42210000.
  std::string message;  ///< Word for word as contract section 4 has it.
  std::vector<RefusalField> fields;
};

/// A value, or the refusal. (A Result's Error has no status, code and extra keys.)
template <class T>
class [[nodiscard]] Answer {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a value is an answer, at every return statement
  Answer(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Answer(Refusal refusal) : state_(std::in_place_index<1>, std::move(refusal)) {}

  bool ok() const { return state_.index() == 0; }
  const T& value() const {
    SB_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const Refusal& refusal() const {
    SB_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Refusal> state_;
};

/// Taken, with nothing to say (204).
struct Done {};

}  // namespace signalbus::exchange_core
