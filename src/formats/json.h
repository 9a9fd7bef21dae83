// JSON: a read-only tree whose errors name their path, and a writer whose bytes are stable.
//
// Numbers stay text on both ways, so that a decimal never passes through a double.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace signalbus::formats {

inline constexpr std::size_t kJsonDepthMax = 64;

enum class JsonKind { kNull, kBoolean, kNumber, kString, kArray, kObject };

/// One value of a document. Cheap to copy; it and all views it returns live as long as the
/// document. Every error is kInvalidInput and reads `plan.json: orders[3].qty: must be a string,
/// was a number`.
class JsonValue {
 public:
  JsonKind kind() const;
  bool is_null() const { return kind() == JsonKind::kNull; }

  Result<bool> boolean() const;
  Result<std::string_view> string() const;
  /// The number exactly as written, in JSON's grammar.
  Result<std::string_view> number() const;
  /// The text of a number, or of a string that holds one, as brokers send money.
  Result<std::string_view> decimal() const;
  Result<std::int64_t> integer() const;
  Result<std::vector<JsonValue>> items() const;
  /// In file order.
  Result<std::vector<std::pair<std::string_view, JsonValue>>> members() const;
  /// The value of a key that must be there.
  Result<JsonValue> member(std::string_view key) const;
  /// The value of a key; nothing when it is absent or null, which mean the same to us.
  Result<std::optional<JsonValue>> find(std::string_view key) const;

  /// `orders[3].qty`; `$` for the root.
  std::string path() const;
  /// For checks of the caller: `<document>: <path>: <what>`.
  Error error(std::string_view what) const;

 private:
  friend class JsonDocument;
  JsonValue(const struct JsonTree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}
  Error must_be(std::string_view kind) const;
  std::uint32_t child(std::string_view key) const;

  const struct JsonTree* tree_;
  std::uint32_t index_;
  /// Where the next key is looked for first: readers ask for keys much in the order of the text.
  mutable std::uint32_t after_last_ = UINT32_MAX;
};

/// Owns what its values point into.
class JsonDocument {
 public:
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();
  JsonValue root() const;

 private:
  friend Result<JsonDocument> parse_json(std::string_view, std::string, std::size_t);
  explicit JsonDocument(std::unique_ptr<struct JsonTree> tree);
  std::unique_ptr<struct JsonTree> tree_;
};

/// Strict: UTF-8, one value, no duplicate keys, at most kJsonDepthMax levels, at most `bytes_max`
/// bytes. kInvalidInput as `name:line:column: what`.
Result<JsonDocument> parse_json(std::string_view text, std::string name, std::size_t bytes_max);

}  // namespace signalbus::formats
