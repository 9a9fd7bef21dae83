// The functions that the host calls: every exception ends here as a code and a text.
#include "formats/plugin/surface.h"

#include <parquet/exception.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string_view>

#include "formats/plugin/failure.h"
#include "formats/plugin/open_file.h"
#include "formats/plugin/scan.h"
#include "formats/plugin/write_file.h"

namespace signalbus::formats::plugin {
namespace {

/// Cuts at the first line: Arrow appends its own stack of contexts.
int32_t report(SurfaceError* error, SurfaceCode code, std::string_view text) {
  text = text.substr(0, std::min(text.find('\n'), sizeof error->text - 1));
  std::memcpy(error->text, text.data(), text.size());
  error->text[text.size()] = '\0';
  return code;
}

template <class Body>
int32_t guarded(SurfaceError* error, Body body) noexcept {
  try {
    return body();
  } catch (const Failure& failure) {
    return report(error, failure.code(), failure.what());
  } catch (const parquet::ParquetStatusException& failure) {
    const SurfaceCode code = failure.status().IsOutOfMemory() ? kTooLarge : kBadFile;
    return report(error, code, failure.what());
  } catch (const std::bad_alloc&) {
    return report(error, kTooLarge, "needs more memory than there is");
  } catch (const std::exception& failure) {
    return report(error, kBadFile, failure.what());
  } catch (...) {
    return report(error, kBadFile, "the Parquet library failed");
  }
}

int32_t open_file(const SurfaceSource* source, const SurfaceLimits* limits, SurfaceFile* out,
                  SurfaceError* error) {
  return guarded(error, [&] {
    auto file = std::make_unique<OpenFile>(*source, *limits);
    file->describe(*out);
    // NOLINTNEXTLINE(bugprone-unused-return-value)
    (void)file.release();  // the host owns it now and gives it back to close_file
    return kDone;
  });
}

void close_file(void* handle) { delete static_cast<OpenFile*>(handle); }

int32_t days(void* handle, uint32_t group, uint32_t column, int32_t* min, int32_t* max) {
  try {
    const auto range = static_cast<const OpenFile*>(handle)->days(group, column);
    if (!range) return 0;
    *min = range->min;
    *max = range->max;
    return 1;
  } catch (...) {
    return 0;  // broken statistics say nothing; reading the column will say what is wrong
  }
}

int32_t scan_file(void* handle, const SurfaceScan* wanted, SurfaceError* error) {
  return guarded(error, [&] { return scan(*static_cast<OpenFile*>(handle), *wanted); });
}

int32_t write_columns(const SurfaceWrite* what, SurfaceError* error) {
  return guarded(error, [&] {
    write_file(*what);
    return kDone;
  });
}

constexpr Surface kSurface = {kSurfaceVersion, open_file,    close_file, days,
                              scan_file,       write_columns};

}  // namespace
}  // namespace signalbus::formats::plugin

extern "C" __attribute__((visibility("default"))) const signalbus::formats::plugin::Surface*
signalbus_parquet_surface() {
  return &signalbus::formats::plugin::kSurface;
}
