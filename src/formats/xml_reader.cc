// expat behind XmlReader. A document type is refused at its first byte, so no entity exists.
#include "formats/xml_reader.h"

namespace signalbus::formats {
namespace {

/// expat keeps an unfinished tag whole and rereads it with each chunk: a long one costs squares.
constexpr std::int64_t kTokenBytesMax = 1 << 20;

}  // namespace

XmlReader::XmlReader(std::string place, XmlHandler& handler)
    : place_(std::move(place)), handler_(handler), parser_(XML_ParserCreate(nullptr)) {
  SB_CHECK(parser_ != nullptr);
  XML_SetUserData(parser_.get(), this);
  XML_SetElementHandler(parser_.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser_.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
}

Status XmlReader::parse(std::string_view bytes, bool last) {
  SB_CHECK(bytes.size() <= kTokenBytesMax);
  fed_ += static_cast<std::int64_t>(bytes.size());
  const XML_Status status =
      XML_Parse(parser_.get(), bytes.data(), static_cast<int>(bytes.size()), last ? 1 : 0);
  if (error_) return *error_;
  const std::int64_t at = XML_GetCurrentByteIndex(parser_.get());
  if (status != XML_STATUS_OK) {
    return Error{ErrorCode::kInvalidInput, place_ + ": is not well-formed XML at byte " +
                                               std::to_string(at) + ": " +
                                               XML_ErrorString(XML_GetErrorCode(parser_.get()))};
  }
  if (!last && at >= 0 && fed_ - at > kTokenBytesMax) {
    return Error{ErrorCode::kLimitExceeded,
                 place_ + ": has a tag longer than " + std::to_string(kTokenBytesMax) + " bytes"};
  }
  return Ok{};
}

void XmlReader::stop(Error error) {
  if (!error_) error_ = std::move(error);
  XML_StopParser(parser_.get(), XML_FALSE);
}

// After XML_StopParser expat may still deliver what it holds already: error_ keeps it away.

void XmlReader::on_start(void* self, const char* name, const char** attributes) {
  auto& reader = *static_cast<XmlReader*>(self);
  if (reader.error_) return;
  if (++reader.depth_ > kDepthMax) {
    return reader.stop({ErrorCode::kInvalidInput,
                        reader.place_ + ": nests deeper than " + std::to_string(kDepthMax)});
  }
  Status status = reader.handler_.start(local_name(name), XmlAttributes(attributes));
  if (!status.ok()) reader.stop(std::move(status).error());
}

void XmlReader::on_end(void* self, const char*) {
  auto& reader = *static_cast<XmlReader*>(self);
  if (reader.error_) return;
  --reader.depth_;
  Status status = reader.handler_.end();
  if (!status.ok()) reader.stop(std::move(status).error());
}

void XmlReader::on_text(void* self, const char* text, int size) {
  auto& reader = *static_cast<XmlReader*>(self);
  if (reader.error_) return;
  Status status = reader.handler_.text({text, static_cast<std::size_t>(size)});
  if (!status.ok()) reader.stop(std::move(status).error());
}

void XmlReader::on_doctype(void* self, const char*, const char*, const char*, int) {
  auto& reader = *static_cast<XmlReader*>(self);
  reader.stop({ErrorCode::kInvalidInput,
               reader.place_ + ": declares a document type, which no spreadsheet does"});
}

}  // namespace signalbus::formats
