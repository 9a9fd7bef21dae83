// Strong: a value whose type says what it means.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace signalbus {

/// Two Strong types never mix and never convert from a raw value by accident.
template <class T, class Tag>
class Strong {
 public:
  constexpr explicit Strong(T value) : value_(std::move(value)) {}
  constexpr const T& get() const { return value_; }
  friend auto operator<=>(const Strong&, const Strong&) = default;

 private:
  T value_;
};

}  // namespace signalbus
