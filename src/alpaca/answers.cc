#include "alpaca/answers.h"

#include "alpaca/decode.h"
#include "alpaca/fields.h"
#include "core/text.h"

namespace signalbus::alpaca {
namespace {

using formats::JsonDocument;
using formats::JsonKind;
using formats::JsonValue;

constexpr std::int64_t kCodeInvalid = 40010001;
constexpr std::size_t kErrorBodyBytesMax = std::size_t{64} * 1024;

/// A body of Alpaca's own: an object with a message. What stands in front of it (nginx, a proxy, a
/// login page) answers with something else.
bool is_own(std::string_view body) {
  const Result<JsonDocument> document = formats::parse_json(body, "answer", kErrorBodyBytesMax);
  if (!document.ok() || document.value().root().kind() != JsonKind::kObject) return false;
  const Result<JsonValue> message = document.value().root().member("message");
  return message.ok() && message.value().kind() == JsonKind::kString;
}

/// The code is shared with every other invalid request, so the words have to decide; should they
/// change, the refusal is taken for definite on a first send only, where nothing can exist.
bool says_duplicate(const Refusal& refusal) {
  return refusal.status == 422 && refusal.code == kCodeInvalid &&
         refusal.message.find("client_order_id") != std::string::npos &&
         refusal.message.find("unique") != std::string::npos;
}

/// What the body is, for a person: a login page or a proxy explains itself in its first words.
std::string body_words(std::string_view body) {
  if (body.empty()) return "an empty body";
  if (body.find("<html") != std::string_view::npos ||
      body.find("<HTML") != std::string_view::npos ||
      body.find("<!DOCTYPE") != std::string_view::npos) {
    return "a page of HTML";
  }
  return "a body of " + std::to_string(body.size()) + " bytes";
}

std::string remedy(const Refusal& refusal) {
  if (refusal.status == 401) {
    return "; check APCA_API_KEY_ID and APCA_API_SECRET_KEY, and that they belong to this "
           "endpoint (paper keys do not work on live, nor live keys on paper)";
  }
  if (refusal.status == 403 && !refusal.code) {
    return "; check that the keys belong to this endpoint and may do this";
  }
  return "";
}

std::string request_words(std::string_view request_id) {
  return request_id.empty() ? "" : " (request " + std::string(request_id) + ")";
}

}  // namespace

const std::string* Refusal::find(std::string_view name) const {
  for (const net::Field& field : extra) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

std::string Refusal::code_text() const {
  return code ? std::to_string(*code) : "http_" + std::to_string(status);
}

Verdict classify(Effect effect, int status, std::string_view body) {
  if (status >= 200 && status < 300) return Verdict::kDone;
  const Verdict open = effect == Effect::kReads ? Verdict::kTransient : Verdict::kUnknown;
  // Authorization stands in front of everything else and may answer in HTML.
  const bool definite =
      status == 401 || ((status == 403 || status == 404 || status == 422) && is_own(body));
  if (definite && says_duplicate(refusal_of(status, body, ""))) return Verdict::kDuplicate;
  if (effect == Effect::kReads) {
    return definite || (status == 400 && is_own(body)) ? Verdict::kRefused : open;
  }
  return definite && effect == Effect::kWritesFirst ? Verdict::kRefused : open;
}

Refusal refusal_of(int status, std::string_view body, std::string_view request_id) {
  Refusal out{.status = status,
              .code = std::nullopt,
              .message = {},
              .extra = {},
              .request_id = std::string(request_id)};
  const Result<JsonDocument> document = formats::parse_json(body, "answer", kErrorBodyBytesMax);
  if (!document.ok() || document.value().root().kind() != JsonKind::kObject) return out;
  const Result<std::vector<std::pair<std::string_view, JsonValue>>> members =
      document.value().root().members();
  for (const auto& [key, value] : members.value()) {
    if (key == "code") {
      const Result<std::int64_t> code = value.integer();
      if (code.ok()) out.code = code.value();
    } else if (key == "message") {
      const Result<std::string_view> words = value.string();
      if (words.ok()) out.message = std::string(words.value());
    } else if (value.kind() == JsonKind::kArray) {
      std::string list;
      for (const std::string& item : Fields(document.value().root()).texts(key)) {
        list += (list.empty() ? "" : ",") + item;
      }
      out.extra.push_back({std::string(key), list});
    } else if (value.kind() != JsonKind::kObject && !value.is_null()) {
      out.extra.push_back({std::string(key), Fields(document.value().root()).text(key)});
    }
  }
  return out;
}

Error error_of(const Refusal& refusal, std::string_view place) {
  std::string words = std::string(place) + ": Alpaca refused (" + std::to_string(refusal.status);
  if (refusal.code) words += ", code " + std::to_string(*refusal.code);
  words += ")";
  if (!refusal.message.empty()) words += ": " + refusal.message;
  for (const net::Field& field : refusal.extra) words += ", " + field.name + " " + field.value;
  words += request_words(refusal.request_id) + remedy(refusal);
  return {refusal.status == 404 ? ErrorCode::kNotFound : ErrorCode::kBrokerRefused, words};
}

Error error_of_answer(Verdict verdict, int status, std::string_view body,
                      std::string_view request_id, std::string_view place) {
  std::string words = std::string(place) + ": answer was " + std::to_string(status) + " with " +
                      body_words(body) + request_words(request_id);
  if (status >= 300 && status < 400) {
    words += "; the service redirects, set the URL that it redirects to";
  } else if (status == 429) {
    words += "; the rate limit is reached, stop other programs that use this account";
  } else if (is_own(body)) {
    words += ": " + refusal_of(status, body, "").message;
  } else if (status >= 400 && status < 500) {
    words += "; this is not Alpaca's answer, check the URL and any proxy between";
  }
  if (verdict != Verdict::kUnknown) return {ErrorCode::kUnavailable, words};
  return {ErrorCode::kUnknownOutcome, words + "; it may have been done, ask before sending again"};
}

}  // namespace signalbus::alpaca
