// CallLog: every call to Alpaca as one line of JSON in logs/alpaca_calls.jsonl.
#pragma once

#include <string>

#include "alpaca/call_observer.h"

namespace signalbus::app {

/// Opens at the first call. A line that cannot be written is lost: no log may stop an order.
class CallLog final : public alpaca::CallObserver {
 public:
  explicit CallLog(std::string path) : path_(std::move(path)) {}
  ~CallLog() override;
  CallLog(const CallLog&) = delete;
  CallLog& operator=(const CallLog&) = delete;

  void called(const alpaca::CallRecord& record) override;
  /// Calls that repeated one without a usable answer.
  std::int64_t repeats() const { return repeats_; }

 private:
  std::string path_;
  int file_ = -1;
  bool tried_ = false;
  std::int64_t repeats_ = 0;
};

/// The line without its break: {"at","method","endpoint","attempt","outcome","status",
/// "latency_ms","paced_ms","request_id"}; status is null when there was no answer.
std::string call_line(const alpaca::CallRecord& record);

}  // namespace signalbus::app
