#include "core/result.h"

namespace signalbus {

int exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return 2;
    case ErrorCode::kInvalidInput:
    case ErrorCode::kNotFound:
    case ErrorCode::kStale:
      return 3;
    case ErrorCode::kLimitExceeded:
      return 4;
    case ErrorCode::kBrokerRefused:
      return 5;
    case ErrorCode::kUnavailable:
    case ErrorCode::kUnknownOutcome:
      return 6;
    case ErrorCode::kStorage:
      return 7;
    case ErrorCode::kLocked:
      return 8;
    case ErrorCode::kHalted:
      return 9;
  }
  return 70;  // a code outside the enum is a bug; 70 is sysexits' "internal software error"
}

}  // namespace signalbus
