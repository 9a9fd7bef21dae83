// XmlReader: streams XML into a handler, without document types, under limits.
#pragma once

#include <expat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace signalbus::formats {

/// Names come without their prefix: `x:row` is `row`, so that every dialect of OOXML matches.
inline std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// The attributes of one start tag; valid during the call.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}

  /// The value of the first attribute with this local name.
  std::optional<std::string_view> find(std::string_view name) const {
    for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
      if (name == pair[0] || local_name(pair[0]) == name) return pair[1];
    }
    return std::nullopt;
  }

 private:
  const char** pairs_;  // name, value, name, value, ..., nullptr
};

/// An Error from any function ends the parse.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual Status start(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual Status end() = 0;
  /// Text arrives in pieces.
  virtual Status text(std::string_view piece) = 0;
};

class XmlReader {
 public:
  static constexpr std::size_t kDepthMax = 64;

  /// `place` starts the message of an error in the XML itself; those of the handler are its own.
  XmlReader(std::string place, XmlHandler& handler);

  /// Parses the next bytes; `last` says that none follow. kInvalidInput: not well-formed, a
  /// document type, deeper than kDepthMax. kLimitExceeded: a tag of a megabyte.
  Status parse(std::string_view bytes, bool last);

 private:
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };
  static void on_start(void* self, const char* name, const char** attributes);
  static void on_end(void* self, const char* name);
  static void on_text(void* self, const char* text, int size);
  static void on_doctype(void* self, const char*, const char*, const char*, int);
  void stop(Error error);

  std::string place_;
  XmlHandler& handler_;
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  std::optional<Error> error_;
  std::size_t depth_ = 0;
  std::int64_t fed_ = 0;
};

}  // namespace signalbus::formats
