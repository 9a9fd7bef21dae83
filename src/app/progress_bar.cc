#include "app/progress_bar.h"

#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

#include "core/paths.h"

namespace signalbus::app {
namespace {

class ProgressBar final : public Progress {
 public:
  void update(std::string_view what, std::uint64_t done, std::uint64_t total) override {
    const std::lock_guard guard(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (what != what_) {
      what_ = what;
      started_ = drawn_ = now;
    }
    const bool ends = done >= total;
    if (ends && shown_) std::fputs("\r\033[K", stderr);
    if (ends) {
      shown_ = false;
      what_.clear();
    } else if (now - started_ > kSilence && now - drawn_ > kInterval) {
      draw(done, total);
      drawn_ = now;
    }
  }

 private:
  static constexpr std::chrono::milliseconds kSilence{1000};  // quick work draws nothing
  static constexpr std::chrono::milliseconds kInterval{100};

  void draw(std::uint64_t done, std::uint64_t total) {
    constexpr std::size_t kWidth = 30;
    const auto filled = static_cast<std::size_t>(done * kWidth / total);
    const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
    std::fprintf(stderr, "\r%s [%s] %3d %%", file_name(what_).c_str(), bar.c_str(),
                 static_cast<int>(done * 100 / total));
    std::fflush(stderr);
    shown_ = true;
  }

  std::mutex mutex_;
  std::string what_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point drawn_;
  bool shown_ = false;
};

}  // namespace

std::unique_ptr<Progress> make_progress(bool on_terminal) {
  if (on_terminal) return std::make_unique<ProgressBar>();
  return std::make_unique<NoProgress>();
}

}  // namespace signalbus::app
