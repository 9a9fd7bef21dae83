// For targets whose bytes are a file: the file in memory, and what every refusal of it must say.
#pragma once

#include <string>

#include "core/check.h"
#include "core/result.h"
#include "ports/testing/memory_files.h"

namespace signalbus {

/// The input as a text; the bytes of a fuzzer may be none.
inline std::string fuzz_text(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A value, or an error that names the file it is about.
template <class T>
const T* value_or_named_error(const Result<T>& result, const std::string& file) {
  if (result.ok()) return &result.value();
  SB_CHECK(result.error().message.find(file) != std::string::npos);
  return nullptr;
}

}  // namespace signalbus
