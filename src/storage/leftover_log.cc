#include "storage/leftover_log.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace signalbus::storage {
namespace {

// https://www.sqlite.org/fileformat2.html#walformat
constexpr std::size_t kLogHeader = 32;    // page size at 8, salts at 16
constexpr std::size_t kFrameHeader = 24;  // salts at 8
constexpr std::size_t kSalts = 8;

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) {
    value = (value << 8) | static_cast<unsigned char>(byte);
  }
  return value;
}

/// Bytes of a file at an offset, fewer at its end.
class LogFile {
 public:
  explicit LogFile(sqlite3_file* file) : file_(file) {}

  int read(sqlite3_int64 offset, std::string& out) {
    const int code =
        file_->pMethods->xRead(file_, out.data(), static_cast<int>(out.size()), offset);
    return code == SQLITE_IOERR_SHORT_READ ? SQLITE_DONE : code;
  }
  int write(sqlite3_int64 offset, const std::string& bytes) {
    return file_->pMethods->xWrite(file_, bytes.data(), static_cast<int>(bytes.size()), offset);
  }
  int sync() { return file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL); }

 private:
  sqlite3_file* file_;
};

/// Writes the header and every frame of its generation again. SQLITE_DONE when there is none.
int rewrite(LogFile log) {
  std::string header(kLogHeader, '\0');
  if (const int code = log.read(0, header); code != SQLITE_OK) return code;
  const std::string_view salts = std::string_view(header).substr(16, kSalts);
  const std::size_t page =
      std::clamp<std::size_t>(big_endian(std::string_view(header).substr(8)), 512, 65'536);
  std::string frame(kFrameHeader + page, '\0');
  int code = log.write(0, header);
  auto offset = static_cast<sqlite3_int64>(kLogHeader);
  while (code == SQLITE_OK) {
    code = log.read(offset, frame);
    if (code != SQLITE_OK || std::string_view(frame).substr(8, kSalts) != salts) break;
    code = log.write(offset, frame);
    offset += static_cast<sqlite3_int64>(frame.size());
  }
  return code == SQLITE_OK || code == SQLITE_DONE ? log.sync() : code;
}

}  // namespace

Status secure_leftover_log(Sqlite& database) {
  sqlite3_file* file = nullptr;
  SB_TRY([[maybe_unused]] const Transaction lock, Transaction::begin(database));
  const int found = sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER,
                                         static_cast<void*>(&file));
  if (found != SQLITE_OK || file == nullptr || file->pMethods == nullptr) return Ok{};
  const int code = rewrite(LogFile(file));
  if (code == SQLITE_OK || code == SQLITE_DONE) return Ok{};
  database.set_failed();
  return Error{ErrorCode::kStorage,
               database.path() + ": cannot secure the journal's log: " + sqlite3_errstr(code) +
                   " (SQLite " + std::to_string(code) + "); look at the disk before trading"};
}

}  // namespace signalbus::storage
