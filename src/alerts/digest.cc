#include "alerts/digest.h"

#include <algorithm>
#include <array>

#include "alerts/sentences.h"
#include "core/text.h"

namespace signalbus::alerts {
namespace {

constexpr std::size_t kShown = 50;  // of each section: a mail of 500 names helps nobody

/// A heading and its lines, before any markup.
struct Section {
  std::string heading;
  std::vector<std::string> lines;
};

std::string line_of(const AlertChange& change) {
  std::string out = plain_line(change.notice.sentence) + " [" + plain_line(change.notice.rule, 80);
  if (change.before == change.notice.level) out += ", since " + change.notice.since.iso();
  return out + "]";
}

std::string line_of(const AlertState& state) {
  std::string out = std::string(to_text(state.level)) + " since " + state.since.iso() + ": " +
                    plain_line(state.sentence) + " [" + plain_line(state.rule, 80) + "]";
  if (!state.acknowledged_by.empty()) {
    out += " (seen by " + plain_line(state.acknowledged_by, 80) + ": " +
           plain_line(state.reason, 200) + ")";
  }
  return out;
}

void cut(Section& section) {
  if (section.lines.size() <= kShown) return;
  const std::size_t more = section.lines.size() - kShown;
  section.lines.resize(kShown);
  section.lines.push_back("and " + std::to_string(more) + " more: `signalbus alerts` lists them");
}

Section changes_of(const Digest& digest, AlertLevel level, std::string heading) {
  Section section{std::move(heading), {}};
  for (const AlertChange& change : digest.changes) {
    if (change.notice.level == level) section.lines.push_back(line_of(change));
  }
  return section;
}

std::vector<Section> sections_of(const Digest& digest) {
  std::vector<Section> all = {changes_of(digest, AlertLevel::kCritical, "Critical"),
                              changes_of(digest, AlertLevel::kWarn, "Warning"),
                              changes_of(digest, AlertLevel::kUnknown, "Cannot be judged"),
                              changes_of(digest, AlertLevel::kOk, "Resolved")};
  Section open{"Open", {}};
  for (const AlertState& state : digest.open) {
    const bool is_new =
        std::any_of(digest.changes.begin(), digest.changes.end(), [&](const AlertChange& change) {
          return change.notice.rule == state.rule && change.notice.scope == state.scope;
        });
    if (!is_new) open.lines.push_back(line_of(state));
  }
  all.push_back(std::move(open));
  Section notes{"Notes", {}};
  for (const std::string& note : digest.notes) notes.lines.push_back(plain_line(note));
  all.push_back(std::move(notes));
  std::erase_if(all, [](const Section& section) { return section.lines.empty(); });
  for (Section& section : all) cut(section);
  return all;
}

std::size_t count(const Digest& digest, AlertLevel level) {
  return static_cast<std::size_t>(
      std::count_if(digest.changes.begin(), digest.changes.end(),
                    [&](const AlertChange& change) { return change.notice.level == level; }));
}

std::string first_line(const Digest& digest) {
  if (digest.kind == DigestKind::kTest) {
    return "This is a test. Whoever reads it gets the alerts of this account.";
  }
  std::string out = "mode " + plain_line(digest.mode, 20);
  if (!digest.account.empty()) out += ", account " + plain_line(digest.account, 80);
  out += ", " + digest.date.iso();
  if (!digest.run.empty()) out += ", run " + plain_line(digest.run, 40);
  return out + ": " + plain_line(digest.outcome);
}

constexpr std::string_view kAcknowledge =
    "signalbus alerts ack RULE --scope SCOPE --reason TEXT silences one until it gets worse.";

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (quotes && c == '"') {
      out += "&quot;";
    } else if (quotes && c == '\'') {
      out += "&#39;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

AlertLevel worst_of(const Digest& digest) {
  AlertLevel worst = AlertLevel::kOk;
  for (const AlertChange& change : digest.changes) {
    if (gravity(change.notice.level) > gravity(worst)) worst = change.notice.level;
  }
  return worst;
}

std::string subject_of(const Digest& digest) {
  const std::string begin = "[signalbus " + plain_line(digest.mode, 20) + "] ";
  if (digest.kind == DigestKind::kTest) return begin + "a test, please ignore";
  const std::array<std::pair<AlertLevel, std::string_view>, 4> words = {
      {{AlertLevel::kCritical, "critical"},
       {AlertLevel::kWarn, "warning"},
       {AlertLevel::kUnknown, "not judged"},
       {AlertLevel::kOk, "resolved"}}};
  std::string counts;
  for (const auto& [level, word] : words) {
    const std::size_t n = count(digest, level);
    if (n == 0) continue;
    counts += (counts.empty() ? "" : ", ") + std::to_string(n) + " " + std::string(word) +
              (level == AlertLevel::kWarn && n > 1 ? "s" : "");
  }
  if (counts.empty()) {
    counts = digest.open.empty() ? "all is quiet"
                                 : "nothing new, " + counted(digest.open.size(), "alert") + " open";
  }
  return begin + counts + " on " + digest.date.iso();
}

std::string text_of(const Digest& digest) {
  std::string out = first_line(digest) + "\n";
  for (const Section& section : sections_of(digest)) {
    out += "\n" + section.heading + "\n";
    for (const std::string& line : section.lines) out += "- " + line + "\n";
  }
  if (!digest.changes.empty()) out += "\n" + std::string(kAcknowledge) + "\n";
  return out;
}

std::string html_of(const Digest& digest) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                    escaped(subject_of(digest), true) +
                    "</title></head>\n<body style=\"font-family:sans-serif;max-width:48em\">\n<p>" +
                    escaped(first_line(digest), true) + "</p>\n";
  for (const Section& section : sections_of(digest)) {
    out += "<h3>" + escaped(section.heading, true) + "</h3>\n<ul>\n";
    for (const std::string& line : section.lines) out += "<li>" + escaped(line, true) + "</li>\n";
    out += "</ul>\n";
  }
  if (!digest.changes.empty()) {
    out += "<p style=\"color:#666\">" + escaped(kAcknowledge, true) + "</p>\n";
  }
  return out + "</body></html>\n";
}

std::string slack_of(const Digest& digest) {
  return escaped(subject_of(digest) + "\n" + text_of(digest), false);
}

std::string sms_of(const Digest& digest) {
  std::string out = subject_of(digest);
  for (const AlertChange& change : digest.changes) {
    out += "; " + plain_line(change.notice.sentence, 120);
  }
  return plain_line(out, 297);
}

}  // namespace signalbus::alerts
