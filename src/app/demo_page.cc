#include "app/demo_page.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "core/paths.h"
#include "core/text.h"
#include "formats/json_writer.h"
#include "report/figures.h"

namespace signalbus::app {
namespace {

using report::padded;
using report::percent_text;
using report::right;
using report::usd_text;

constexpr double kSessionsPerYear = 252;

double change(Money from, Money to) { return to.to_double() / from.to_double() - 1; }

struct Totals {
  DemoDay sum;
  Counts faults = {};
  std::int64_t fault_days = 0;
  std::int64_t repeated_days = 0;  ///< That needed more than one run.
};

void add(DemoDay& sum, const DemoDay& day) {
  sum.orders += day.orders;
  sum.fills += day.fills;
  sum.unfilled += day.unfilled;
  sum.sent_again += day.sent_again;
  sum.asked_again += day.asked_again;
  sum.runs += day.runs;
  sum.differences += day.differences;
}

Totals totals_of(const std::vector<DemoDay>& days) {
  Totals out{.sum = {.date = days.back().date}};
  for (const DemoDay& day : days) {
    add(out.sum, day);
    for (const auto& [verb, count] : day.faults) out.faults[verb] += count;
    if (!day.faults.empty()) ++out.fault_days;
    if (day.runs > 1) ++out.repeated_days;
  }
  return out;
}

std::string quarter_of(TradeDate date) {
  return std::to_string(date.year()) + " Q" + std::to_string((date.month() + 2) / 3);
}

std::string table_row(const std::string& name, Money before, const DemoDay& sum, Money equity,
                      std::int64_t faults) {
  return "  " + name + right(usd_text(equity), 14) +
         right(percent_text(change(before, equity)), 11) + right(with_thousands(sum.orders), 9) +
         right(with_thousands(sum.fills), 9) + right(with_thousands(faults), 9) +
         right(with_thousands(sum.differences), 13) + "\n";
}

std::string quarters_section(const DemoResult& result) {
  std::string out = "             equity, USD     return   orders    fills   faults  differences\n";
  Money before = result.start;
  DemoDay sum{.date = result.days.front().date};
  std::int64_t faults = 0;
  for (std::size_t i = 0; i < result.days.size(); ++i) {
    const DemoDay& day = result.days[i];
    add(sum, day);
    faults += day.fault_count();
    const bool ends =
        i + 1 == result.days.size() || quarter_of(result.days[i + 1].date) != quarter_of(day.date);
    if (!ends) continue;
    out += table_row(padded(quarter_of(day.date), 10), before, sum, day.equity, faults);
    before = day.equity;
    sum = DemoDay{.date = day.date};
    faults = 0;
  }
  return out;
}

std::string account_section(const DemoResult& result) {
  const DemoDay& last = result.days.back();
  const double total = change(result.start, last.equity);
  const double years = static_cast<double>(result.days.size()) / kSessionsPerYear;
  const Drawdown fall = max_drawdown(result.days, result.start);
  std::string out = "Account\n";
  out += "  opened with   " + right(usd_text(result.start), 14) + " USD\n";
  out += "  ends with     " + right(usd_text(last.equity), 14) + " USD   " + percent_text(total);
  if (years >= 1) out += ", " + percent_text(std::pow(1 + total, 1 / years) - 1) + " a year";
  out += "\n                " + right(usd_text(last.cash), 14) + " USD of it cash, the rest in " +
         counted(static_cast<std::size_t>(last.positions), "position") + "\n";
  out += "  max drawdown  " + right(percent_text(fall.deepest), 14);
  if (fall.deepest < 0) out += "       " + fall.peak.iso() + " to " + fall.bottom.iso();
  out += "\n  for comparison" + right(percent_text(result.same_names), 14) +
         "       the same names, bought in equal parts on the first day and left alone\n";
  return out;
}

std::string strategies_section(const DemoResult& result) {
  std::string out =
      "Strategies          of the blend    return  max drawdown   profit, USD   owns now, USD\n";
  for (const StrategyResult& strategy : result.strategies) {
    std::array<char, 16> share{};
    std::snprintf(share.data(), share.size(), "%.0f %%", strategy.share * 100);
    out += "  " + padded(strategy.strategy_id.get(), 20) + right(share.data(), 10) +
           right(percent_text(strategy.performance.result), 10) +
           right(percent_text(strategy.performance.max_drawdown), 14) +
           right(usd_text(strategy.profit), 14) + right(usd_text(strategy.equity), 16) + "\n";
  }
  return out +
         "  (time-weighted: what moved between them every day to keep the blend counts for none)\n";
}

/// What a verb of the fault script did, for a reader who does not know the words.
std::string_view meaning_of(std::string_view verb) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kMeanings = {
      {{"drop_request", "a request was lost on its way"},
       {"drop_response", "the answer was lost, the request was carried out"},
       {"accept_then_status", "504 was answered, although the order was taken"},
       {"status_before", "429, 500 or 503 instead of an answer"},
       {"duplicate", "the network brought an order twice"},
       {"garble", "the answer was no JSON"},
       {"truncate", "the answer broke off"},
       {"html", "a proxy's page instead of the answer"},
       {"partial_fill", "only a part of an order filled"},
       {"async_reject", "an order was taken, then rejected"},
       {"lag", "a fill, or an order in the list, came late"}}};
  for (const auto& [word, meaning] : kMeanings) {
    if (word == verb) return meaning;
  }
  return "";
}

std::string faults_section(const Totals& totals) {
  std::int64_t count = 0;
  for (const auto& [verb, times] : totals.faults) count += times;
  std::string out = "Faults\n  " + with_thousands(count) + " injected on " +
                    counted(static_cast<std::size_t>(totals.fault_days), "day") +
                    ", all resolved (config/faults.yaml, docs/faults.md)\n";
  for (const auto& [verb, times] : totals.faults) {
    out += right(with_thousands(times), 6) + "  " + padded(verb, 20) +
           std::string(meaning_of(verb)) + "\n";
  }
  const DemoDay& sum = totals.sum;
  out += "  it took " + counted(static_cast<std::size_t>(sum.asked_again), "repeated question") +
         ", " + counted(static_cast<std::size_t>(sum.sent_again), "order") +
         " sent again under the same id";
  if (totals.repeated_days > 0) {
    out += ", a second run on " + counted(static_cast<std::size_t>(totals.repeated_days), "day");
  }
  return out + "\n";
}

std::string proof_section(const DemoResult& result, const Totals& totals) {
  const DemoDay& sum = totals.sum;
  std::string out = "Proof\n  " + counted(static_cast<std::size_t>(sum.orders), "order") + ", " +
                    counted(static_cast<std::size_t>(sum.fills), "execution") + "; " +
                    with_thousands(sum.unfilled) +
                    " did not fill whole, each with its reason in recon_report_*.csv\n";
  out += "  " + with_thousands(sum.differences) + " differences: on each of " +
         counted(result.days.size(), "day") +
         " the exchange's orders, executions, positions and\n"
         "  cash were asked for and are the journal's, cash to the cent (recon_broker_*.csv)\n";
  return out;
}

std::string where_section(const DemoResult& result) {
  const TradeDate last = result.days.back().date;
  const std::string outputs = "data/outputs/";
  std::string out = "Look into " + result.root + "\n";
  const auto line = [&](const std::string& file, std::string_view what) {
    out += "  " + padded(file, 40) + " " + std::string(what) + "\n";
  };
  line(outputs + file_name(result.dashboard), "the dashboard of all days; open it in a browser");
  line(outputs + "demo_days.csv", "every day: equity, cash, orders, faults");
  line(outputs + "positions_eod_" + last.compact() + ".csv",
       "what is held; one file for every day");
  line(outputs + "execution_log.csv", "every order and what became of it");
  line("data/runs/" + last.compact() + "-1/", "one day's files with the hash of all that went in");
  line("config/, strategies.py", "change them, then: signalbus demo --dir another");
  out += "\nNext: signalbus init my_workspace, with your own weights; then mode paper\n";
  out += "\nDashboard: " + result.dashboard + "\n";
  return out;
}

std::string duration_words(double seconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), ", %.1f s", seconds);
  return seconds > 0 ? text.data() : "";
}

}  // namespace

std::int64_t DemoResult::differences() const { return totals_of(days).sum.differences; }

Drawdown max_drawdown(const std::vector<DemoDay>& days, Money start) {
  Drawdown out{.deepest = 0, .peak = days.front().date, .bottom = days.front().date};
  Money highest = start;
  TradeDate highest_at = days.front().date;
  for (const DemoDay& day : days) {
    if (day.equity > highest) {
      highest = day.equity;
      highest_at = day.date;
    }
    const double fall = change(highest, day.equity);
    if (fall < out.deepest) out = {fall, highest_at, day.date};
  }
  return out;
}

std::string demo_page(const DemoResult& result) {
  const Totals totals = totals_of(result.days);
  std::string out = "signalbus demo: " + counted(result.days.size(), "session") + ", " +
                    result.days.front().date.iso() + " to " + result.days.back().date.iso() +
                    ", real closes of 20 US large caps, the embedded exchange" +
                    duration_words(result.seconds) + "\n";
  if (result.was_done) out += "(it was finished before; nothing was traded now)\n";
  out += "\n" + account_section(result) + "\n" + quarters_section(result);
  out += "\n" + strategies_section(result) + "\n" + faults_section(totals);
  out += "\n" + proof_section(result, totals) + "\n" + where_section(result);
  return out;
}

std::string demo_json(const DemoResult& result) {
  const Totals totals = totals_of(result.days);
  const DemoDay& last = result.days.back();
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("demo").key("root").string(result.root);
  json.key("dashboard").string("data/outputs/" + file_name(result.dashboard));
  json.key("first").string(result.days.front().date.iso());
  json.key("last").string(last.date.iso());
  json.key("sessions").integer(static_cast<std::int64_t>(result.days.size()));
  json.key("equity_start").string(result.start.text());
  json.key("equity_end").string(last.equity.text());
  json.key("cash_end").string(last.cash.text());
  json.key("return").real(change(result.start, last.equity));
  json.key("max_drawdown").real(max_drawdown(result.days, result.start).deepest);
  json.key("orders").integer(totals.sum.orders);
  json.key("fills").integer(totals.sum.fills);
  json.key("sent_again").integer(totals.sum.sent_again);
  json.key("asked_again").integer(totals.sum.asked_again);
  json.key("differences").integer(totals.sum.differences);
  json.key("strategies").begin_object();
  for (const StrategyResult& strategy : result.strategies) {
    json.key(strategy.strategy_id.get()).begin_object();
    json.key("return").real(strategy.performance.result);
    json.key("max_drawdown").real(strategy.performance.max_drawdown);
    json.key("profit").string(strategy.profit.text());
    json.key("equity").string(strategy.equity.text()).end_object();
  }
  json.end_object();
  json.key("faults").begin_object();
  for (const auto& [verb, times] : totals.faults) json.key(verb).integer(times);
  json.end_object().end_object();
  return json.take() + "\n";
}

}  // namespace signalbus::app
