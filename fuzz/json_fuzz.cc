// JSON: we accept what simdjson's other parser (DOM) accepts, but for our own refusals; and what is
// accepted survives being written and read again.
#include <simdjson.h>

#include "core/check.h"
#include "formats/json.h"
#include "formats/json_writer.h"

namespace {

using namespace signalbus;
using namespace signalbus::formats;

void write(const JsonValue& value, JsonWriter& writer) {
  switch (value.kind()) {
    case JsonKind::kNull:
      writer.null();
      break;
    case JsonKind::kBoolean:
      writer.boolean(value.boolean().value());
      break;
    case JsonKind::kNumber:
      writer.number(value.number().value());
      break;
    case JsonKind::kString:
      writer.string(value.string().value());
      break;
    case JsonKind::kArray: {
      const auto items = value.items().value();
      writer.begin_array();
      for (const JsonValue& item : items) write(item, writer);
      writer.end_array();
      break;
    }
    case JsonKind::kObject: {
      const auto members = value.members().value();
      writer.begin_object();
      for (const auto& [key, member] : members) {
        SB_CHECK(value.member(key).ok());
        writer.key(key);
        write(member, writer);
      }
      writer.end_object();
      break;
    }
  }
}

std::string written(const JsonDocument& document, JsonStyle style) {
  JsonWriter writer(style);
  write(document.root(), writer);
  return writer.take();
}

bool is_own_refusal(const std::string& message) {
  return message.find("nested deeper") != std::string::npos ||
         message.find("twice") != std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<JsonDocument> document = parse_json(text, "f", 1 << 20);
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  const simdjson::error_code code = parser.parse(text).get(element);
  if (document.ok()) {
    // DOM also refuses numbers beyond a double; their text is all we keep.
    SB_CHECK(code == simdjson::SUCCESS || code == simdjson::NUMBER_ERROR);
    const std::string compact = written(document.value(), JsonStyle::kCompact);
    const std::string pretty = written(document.value(), JsonStyle::kPretty);
    const Result<JsonDocument> again = parse_json(pretty, "f", 1 << 24);
    SB_CHECK(again.ok());
    SB_CHECK(written(again.value(), JsonStyle::kCompact) == compact);
  } else {
    SB_CHECK(code != simdjson::SUCCESS || is_own_refusal(document.error().message));
  }
  return 0;
}
