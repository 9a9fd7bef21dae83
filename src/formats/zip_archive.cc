// libzip on a memory buffer; every failure names the file and the entry.
#include "formats/zip_archive.h"

#include <algorithm>
#include <unordered_set>

#include "core/text.h"

namespace signalbus::formats {
namespace {

constexpr zip_int64_t kEntriesMax = 10'000;
/// An honest sheet of equal rows stays near 60:1; deflate's limit, which bombs use, is 1032:1.
constexpr std::uint64_t kRatioMax = 100;
constexpr std::uint64_t kRatioFreeBytes = 1 << 20;

Error invalid(const std::string& place, const std::string& what) {
  return {ErrorCode::kInvalidInput, place + ": " + what};
}

std::string text_of(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

}  // namespace

Result<ZipArchive> ZipArchive::open(const std::string& name, std::string_view bytes,
                                    std::uint64_t inflated_bytes_max) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* opened = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  const std::string why = opened == nullptr ? zip_error_strerror(&error) : "";
  zip_error_fini(&error);
  if (opened == nullptr) {
    if (source != nullptr) zip_source_free(source);  // a successful open owns it
    return invalid(name, "is a damaged ZIP file: " + why + "; copy or save it again");
  }
  ZipArchive archive;
  archive.name_ = name;
  archive.size_ = bytes.size();
  archive.archive_.reset(opened);
  archive.budget_ = std::make_unique<std::uint64_t>(inflated_bytes_max);
  SB_TRY_OK(archive.check_names());
  return archive;
}

Status ZipArchive::check_names() const {
  const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
  if (count > kEntriesMax) {
    return Error{ErrorCode::kLimitExceeded, name_ + ": has " + with_thousands(count) +
                                                " entries, limit is " +
                                                with_thousands(kEntriesMax)};
  }
  // Two entries of one name: two readers may see two different files.
  std::unordered_set<std::string_view> names;
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* entry = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
    if (entry == nullptr) return invalid(name_, "is a damaged ZIP file; copy or save it again");
    if (!names.insert(entry).second) {
      return invalid(name_, "has two entries " + quoted(entry) + "; save it again");
    }
  }
  return Ok{};
}

std::optional<std::uint64_t> ZipArchive::find(const std::string& path) const {
  for (const zip_flags_t flags : {zip_flags_t{0}, zip_flags_t{ZIP_FL_NOCASE}}) {
    const zip_int64_t index = zip_name_locate(archive_.get(), path.c_str(), flags);
    if (index >= 0) return static_cast<std::uint64_t>(index);
  }
  return std::nullopt;
}

Result<ZipEntry> ZipArchive::entry(std::uint64_t index) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(archive_.get(), index, 0, &stat) != 0 || stat.name == nullptr) {
    return invalid(name_, "is a damaged ZIP file; copy or save it again");
  }
  ZipEntry entry;
  entry.place_ = name_ + ": " + quoted(stat.name);
  if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
    return invalid(entry.place_, "is encrypted; save the file without a password");
  }
  entry.file_.reset(zip_fopen_index(archive_.get(), index, 0));
  if (!entry.file_) {
    return invalid(entry.place_,
                   "cannot be read: " + text_of(zip_error_code_zip(zip_get_error(archive_.get()))));
  }
  entry.compressed_ = std::min(stat.comp_size, size_);
  entry.budget_ = budget_.get();
  return entry;
}

Result<std::size_t> ZipEntry::read(std::span<char> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    SB_TRY(const std::size_t count, read_some(out.subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  return filled;
}

Result<std::size_t> ZipEntry::read_some(std::span<char> out) {
  const zip_int64_t count = zip_fread(file_.get(), out.data(), out.size());
  if (count < 0) {
    return invalid(place_,
                   "is damaged: " + text_of(zip_error_code_zip(zip_file_get_error(file_.get()))) +
                       "; copy or save the file again");
  }
  const auto size = static_cast<std::uint64_t>(count);
  inflated_ += size;
  if (size > *budget_) {
    return Error{ErrorCode::kLimitExceeded, place_ + ": the file inflates beyond the limit"};
  }
  *budget_ -= size;
  if (inflated_ > kRatioFreeBytes && inflated_ / kRatioMax > compressed_) {
    return Error{ErrorCode::kLimitExceeded, place_ + ": inflates to more than " +
                                                std::to_string(kRatioMax) +
                                                " times its size, which no honest sheet does"};
  }
  return static_cast<std::size_t>(size);
}

}  // namespace signalbus::formats
