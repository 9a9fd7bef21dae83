// For tests of this folder: an exchange in the process, and looks at its JSON.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "exchange/service.h"
#include "formats/json.h"
#include "ports/clock.h"
#include "ports/testing/memory_files.h"

namespace signalbus::exchange {

/// A clock that stands still until a test sleeps.
class StillClock final : public Clock {
 public:
  explicit StillClock(Instant start) : start_(start), now_(start) {}
  Instant now() const override { return now_; }
  std::int64_t monotonic_micros() const override { return now_.micros() - start_.micros(); }
  void sleep_until(Instant deadline) override { now_ = std::max(now_, deadline); }

 private:
  Instant start_;
  Instant now_;
};

inline PriceTable prices_of(const std::string& csv) {
  testing::MemoryFiles files;
  files.contents["prices.csv"] = csv;
  auto table = PriceTable::load(files, "prices.csv");
  SB_CHECK(table.ok());
  return std::move(table).value();
}

/// Monday 2021-01-04, 10:00 in New York.
inline Instant monday_ten() { return Instant::parse("2021-01-04T15:00:00Z").value(); }

inline constexpr const char* kStaticPrices =
    "symbol,price\nAAPL,200.25\nBRK.B,455.1\nMSFT,410.5\nSPY,500\n";

/// Answers looked at as JSON; every getter fails the test when the path is not there.
class Json {
 public:
  explicit Json(std::string text) : text_(std::move(text)) {
    auto document = formats::parse_json(text_, "answer", 64 << 20);
    EXPECT_TRUE(document.ok()) << text_;
    if (document.ok()) {
      document_ = std::make_shared<formats::JsonDocument>(std::move(document).value());
    }
  }

  /// A value by a path of keys and indexes: `0.body.id`; "" is the root.
  std::optional<formats::JsonValue> find(const std::string& path) const {
    if (!document_) return std::nullopt;
    formats::JsonValue value = document_->root();
    std::istringstream parts(path);
    for (std::string part; std::getline(parts, part, '.');) {
      if (value.kind() == formats::JsonKind::kArray) {
        const auto items = value.items().value();
        const std::size_t index = std::stoul(part);
        if (index >= items.size()) return std::nullopt;
        value = items[index];
        continue;
      }
      const auto members = value.members();
      if (!members.ok()) return std::nullopt;
      bool found = false;
      for (const auto& [key, member] : members.value()) {
        if (key != part) continue;
        value = member;
        found = true;
        break;
      }
      if (!found) return std::nullopt;
    }
    return value;
  }

  /// Text of strings, numbers and booleans; "null"; "(absent)".
  std::string at(const std::string& path) const {
    const auto value = find(path);
    if (!value) return "(absent)";
    if (value->is_null()) return "null";
    if (const auto text = value->string(); text.ok()) return std::string(text.value());
    if (const auto number = value->number(); number.ok()) return std::string(number.value());
    if (const auto flag = value->boolean(); flag.ok()) return flag.value() ? "true" : "false";
    return "(container)";
  }

  std::size_t size(const std::string& path = "") const {
    const auto value = find(path);
    if (!value) return 0;
    if (value->kind() == formats::JsonKind::kArray) return value->items().value().size();
    return value->kind() == formats::JsonKind::kObject ? value->members().value().size() : 0;
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::shared_ptr<formats::JsonDocument> document_;
};

/// An exchange without sockets; its clock is the test's.
class Desk {
 public:
  explicit Desk(VenueSettings settings = {}, const std::string& prices = kStaticPrices,
                Instant wall = monday_ten(), KeyRing keys = {})
      : Desk(settings, VenueInputs{.prices = prices_of(prices)}, wall, std::move(keys)) {}
  Desk(VenueSettings settings, VenueInputs inputs, Instant wall = monday_ten(), KeyRing keys = {})
      : clock(wall), venue(settings, std::move(inputs), clock), service(venue, std::move(keys)) {
    SB_CHECK(venue.start(nullptr).ok());
  }

  Reply reply(const std::string& method, const std::string& target, const std::string& body = "",
              const std::string& key = "K1") {
    net::HttpRequest request{.method = method, .target = target, .headers = {}, .body = body};
    request.headers.add("Host", "127.0.0.1:8080");
    request.headers.add("APCA-API-KEY-ID", key);
    request.headers.add("APCA-API-SECRET-KEY", "secret");
    return service.answer(request, true);
  }

  net::HttpResponse call(const std::string& method, const std::string& target,
                         const std::string& body = "", const std::string& key = "K1") {
    return reply(method, target, body, key).response;
  }

  Json get(const std::string& target, const std::string& key = "K1") {
    const net::HttpResponse answer = call("GET", target, "", key);
    EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
    return Json(answer.body);
  }

  Json order(const std::string& body, int status = 200, const std::string& key = "K1") {
    const net::HttpResponse answer = call("POST", "/v2/orders", body, key);
    EXPECT_EQ(answer.status, status) << body << ": " << answer.body;
    return Json(answer.body);
  }

  void admin(const std::string& what, const std::string& body, int status = 200) {
    const net::HttpResponse answer = call("POST", "/admin/v1/" + what, body);
    EXPECT_EQ(answer.status, status) << what << " " << body << ": " << answer.body;
  }

  StillClock clock;
  Venue venue;
  Service service;
};

/// Holds an object against a file of `key kind kind...`; every key must be there, no other.
inline void expect_shape(const formats::JsonValue& object, const std::string& file) {
  std::ifstream in(std::string(SB_TESTDATA) + "/exchange/" + file);
  ASSERT_TRUE(in.good()) << file;
  std::vector<std::string> keys;
  const auto members = object.members();
  ASSERT_TRUE(members.ok()) << file;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string key;
    words >> key;
    keys.push_back(key);
    std::optional<formats::JsonValue> value;
    for (const auto& [name, member] : members.value()) {
      if (name == key) value = member;
    }
    ASSERT_TRUE(value.has_value()) << file << ": " << key << " is missing";
    bool fits = false;
    for (std::string kind; words >> kind;) {
      const auto text = value->string();
      fits = fits || (kind == "null" && value->is_null()) || (kind == "text" && text.ok()) ||
             (kind == "bool" && value->boolean().ok()) ||
             (kind == "integer" && value->integer().ok()) ||
             (kind == "number" && value->number().ok()) ||
             (kind == "array" && value->items().ok()) ||
             (kind == "uuid" && text.ok() && core::Uuid::parse(text.value()).has_value()) ||
             (kind == "date" && text.ok() && TradeDate::parse(text.value()).ok()) ||
             (kind == "time" && text.ok() && Instant::parse(text.value()).ok());
    }
    EXPECT_TRUE(fits) << file << ": " << key;
  }
  EXPECT_GT(keys.size(), 3u) << file;
}

}  // namespace signalbus::exchange
