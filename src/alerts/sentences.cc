#include "alerts/sentences.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace signalbus::alerts {
namespace {

/// At most `decimals` places, without zeros at the end.
std::string short_number(double value, int decimals) {
  std::array<char, 64> buffer{};
  const bool huge = std::abs(value) >= 1e15;
  if (huge) {
    std::snprintf(buffer.data(), buffer.size(), "%.6g", value);
  } else {
    std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  }
  std::string text(buffer.data());
  if (!huge && text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string_view preposition(Op op) {
  switch (op) {
    case Op::kBelow:
      return "below ";
    case Op::kAtMost:
    case Op::kAtLeast:
      return "";
    case Op::kAbove:
      return "above ";
  }
  return "";
}

std::string threshold_text(const Rule& rule, const std::optional<double>& threshold,
                           std::string_view word, std::string_view unit) {
  if (!threshold) return "";
  return ", " + std::string(word) + " is " + std::string(preposition(rule.op)) +
         value_text(*threshold, unit);
}

/// "AAPL: ", "sector Energy: "; nothing for the portfolio.
std::string scope_prefix(std::string_view scope) {
  const std::size_t colon = scope.find(':');
  if (colon == std::string_view::npos) return "";
  const std::string_view kind = scope.substr(0, colon);
  const std::string name = plain_line(scope.substr(colon + 1), 80);
  return (kind == "symbol" || kind == "stage" ? "" : std::string(kind) + " ") + name + ": ";
}

std::string begin_lower(std::string_view title) {
  std::string out(title);
  const bool word = out.size() > 1 && out[1] >= 'a' && out[1] <= 'z';
  if (word && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  return out;
}

/// Length of the UTF-8 sequence at `at`, 0 for bytes that are none (overlong ones, surrogates).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  }
  if (length < 3) return length;
  const unsigned char second = byte(at + 1);
  const bool bad = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                   (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  return bad ? 0 : length;
}

/// Control characters, line separators and what turns the direction of writing.
bool is_layout(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7f;
  if (sequence.size() == 2) return byte(0) == 0xc2 && byte(1) < 0xa0;
  if (sequence.size() != 3 || byte(0) != 0xe2) return false;
  if (byte(1) == 0x80) return byte(2) >= 0x8b && byte(2) <= 0xae;  // U+200B..200F, 2028..202E
  return byte(1) == 0x81 && byte(2) >= 0xa0 && byte(2) <= 0xaf;    // U+2060..206F
}

}  // namespace

int gravity(AlertLevel level) {
  switch (level) {
    case AlertLevel::kOk:
      return 0;
    case AlertLevel::kUnknown:
      return 1;
    case AlertLevel::kWarn:
      return 2;
    case AlertLevel::kCritical:
      return 3;
  }
  return 0;
}

std::string value_text(double value, std::string_view unit) {
  if (unit == "fraction" || unit == "probability") return short_number(value * 100, 2) + " %";
  if (unit == "usd") return short_number(value, 2) + " USD";
  if (unit == "bps") return short_number(value, 1) + " bps";
  if (unit == "seconds") return short_number(value, 1) + " s";
  if (unit == "days") return short_number(value, 1) + (value == 1 ? " day" : " days");
  if (unit == "ratio") return short_number(value, 3);
  return short_number(value, 2);
}

std::string sentence_of(const Rule& rule, const RiskValue& value, AlertLevel level) {
  const Metric& metric = rule.watched();
  const std::string begin = scope_prefix(value.scope);
  const std::string title = begin.empty() ? std::string(metric.title) : begin_lower(metric.title);
  if (!value.value || !std::isfinite(*value.value)) {
    const std::string why = value.reason.empty() ? "it has no value" : plain_line(value.reason);
    return begin + title + " cannot be judged: " + why;
  }
  const std::string detail = value.detail.empty() ? "" : plain_line(value.detail);
  if (metric.unit == "event") {
    if (level == AlertLevel::kOk) return begin + title + ": no more";
    return begin + (detail.empty() ? title : detail);
  }
  std::string out = begin + title + (metric.unit == "count" ? ": " : " is ") +
                    value_text(*value.value, metric.unit);
  if (level == AlertLevel::kOk) {
    const bool warns = rule.warn.has_value();
    out += threshold_text(rule, warns ? rule.warn : rule.critical, warns ? "warning" : "critical",
                          metric.unit);
  } else if (metric.unit != "count" || (rule.warn && rule.critical)) {
    const bool critical = level == AlertLevel::kCritical;
    out += threshold_text(rule, critical ? rule.critical : rule.warn,
                          critical ? "critical" : "warning", metric.unit);
  }
  return detail.empty() ? out : out + " (" + detail + ")";
}

std::string plain_line(std::string_view text, std::size_t max) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++at;
      continue;
    }
    const std::string_view sequence = text.substr(at, length);
    if (out.size() + length > max) return out + "...";
    if (is_layout(sequence)) {
      out += ' ';
    } else {
      out += sequence;
    }
    at += length;
  }
  return out;
}

}  // namespace signalbus::alerts
