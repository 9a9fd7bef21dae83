// CommandFile: the ledger of an exchange on disk: one line per command, checksummed, synced.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/recorded_exchange.h"
#include "ports/files.h"

namespace signalbus::exchange {

/// `DIR/exchange.ledger`. One process at a time holds it.
class CommandFile final : public CommandSink {
 public:
  /// Makes the folder (0700) and the file (0600) when missing. An end that was not durable when a
  /// crash damaged it is removed. kLocked when another process has it, kInvalidInput for a damaged
  /// line before that, kStorage for the rest.
  static Result<std::unique_ptr<CommandFile>> open(const std::string& folder,
                                                   Durability durability = Durability::kPowerLoss);
  ~CommandFile() override;
  CommandFile(const CommandFile&) = delete;
  CommandFile& operator=(const CommandFile&) = delete;

  /// What was in the file when it was opened; gone afterwards.
  std::vector<std::string> take_lines() { return std::move(lines_); }
  const std::string& path() const { return path_; }

  /// Gathers lines; sync() writes them at once.
  Status append(std::string_view line) override;
  Status sync() override;

  /// From now on sync() outlives the process only; make_durable() does the rest. For an exchange
  /// whose only client says itself before what nothing may be lost any more.
  void defer_durability() { deferred_ = true; }
  /// Returns once what sync() wrote is durable. Any thread. kStorage for ever after a failure.
  Status make_durable();

 private:
  CommandFile(std::string path, int descriptor, Durability durability)
      : path_(std::move(path)), fd_(descriptor), durability_(durability) {}
  Status load();

  std::string path_;
  int fd_;
  Durability durability_;
  std::vector<std::string> lines_;
  std::string pending_;
  bool deferred_ = false;
  std::atomic<std::size_t> written_ = 0;  ///< Bytes of the file.
  std::atomic<std::size_t> durable_ = 0;  ///< Of those, from its start.
  std::atomic<bool> failed_ = false;      ///< The kernel may have dropped the pages.
};

}  // namespace signalbus::exchange
