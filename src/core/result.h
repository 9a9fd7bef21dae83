// Result and Error: the only way a function reports an expected failure.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/check.h"

namespace signalbus {

/// Why an operation failed, as a caller would act on it. A code exists only where some caller (or
/// the exit code, docs/exit-codes.md) treats it differently.
enum class ErrorCode {
  kUsage,           ///< Command line or configuration is wrong; nothing was read or written.
  kInvalidInput,    ///< The file or argument is wrong; fixing it needs a person.
  kNotFound,        ///< What was asked for is not there.
  kStale,           ///< Data is older than policy allows.
  kLimitExceeded,   ///< A risk or size limit refused the action.
  kBrokerRefused,   ///< The broker said no, definitively.
  kUnavailable,     ///< Transient: a retry may succeed.
  kUnknownOutcome,  ///< The request may have taken effect. Reconcile; never retry blindly.
  kStorage,         ///< A write, sync or lock of our own files failed.
  kLocked,          ///< Another instance holds the account.
  kHalted           ///< The kill switch is on.
};

/// The process exit code that product users script against for this error (0 is never returned).
int exit_code_of(ErrorCode code);

/// What failed: `<place>: <what is wrong, with the value>; <what to do>`, lower case, no full stop.
struct Error {
  ErrorCode code;
  std::string message;

  /// Adds where it happened in front: each layer adds its context once.
  Error in(std::string_view context) && {
    message = std::string(context) + ": " + std::move(message);
    return std::move(*this);
  }
};

/// A value, or the reason there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a value is a result, at every return statement
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  const T& value() const& {
    SB_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T& value() & {
    SB_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    SB_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  const Error& error() const& {
    SB_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    SB_CHECK(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value.
struct Ok {};
/// The result of an action that returns nothing but may fail.
using Status = Result<Ok>;

}  // namespace signalbus

#define SB_CONCAT_INNER(a, b) a##b
#define SB_CONCAT(a, b) SB_CONCAT_INNER(a, b)
/// SB_TRY(const PriceBook prices, load_prices(files));  returns the error from the enclosing
/// function.
#define SB_TRY(declaration, expression) \
  SB_TRY_IMPL(SB_CONCAT(sb_result_, __LINE__), declaration, expression)
#define SB_TRY_IMPL(result, declaration, expression)  \
  auto result = (expression);                         \
  if (!result.ok()) return std::move(result).error(); \
  declaration = std::move(result).value()
/// SB_TRY_OK(files.write(path, bytes));  the same for a Status.
#define SB_TRY_OK(expression)                                 \
  do {                                                        \
    auto sb_status = (expression);                            \
    if (!sb_status.ok()) return std::move(sb_status).error(); \
  } while (false)
