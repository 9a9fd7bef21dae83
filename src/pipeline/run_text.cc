#include "pipeline/run_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include "core/text.h"
#include "pipeline/alert_messages.h"
#include "pipeline/stage_words.h"
#include "report/figures.h"
#include "risk/check_run.h"

namespace signalbus::pipeline {
namespace {

using report::padded;
using report::right;
using report::usd_text;

std::string percent(double fraction) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f %%", fraction * 100);
  return text.data();
}

std::string name_of(const PlanRow& row) {
  return row.symbol ? row.symbol->text() : row.asset_id.get();
}

/// At most `shown` names, then how many more.
std::string some_names(const std::vector<std::string>& names, std::size_t shown) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < shown; ++i)
    out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > shown) out += ", … " + std::to_string(names.size() - shown) + " more";
  return out;
}

/// Targets that carry weight but cannot be priced or mapped, by reason.
std::string uncovered_lines(const RebalancePlan& plan) {
  struct Group {
    std::vector<std::string> names;
    double weight = 0;
  };
  std::map<ReasonCode, Group> groups;
  for (const PlanRow& row : plan.rows) {
    const bool uncovered = row.code == ReasonCode::kNoMapping ||
                           row.code == ReasonCode::kAmbiguousMapping ||
                           row.code == ReasonCode::kNoPrice || row.code == ReasonCode::kBadPrice ||
                           row.code == ReasonCode::kStalePrice;
    if (!uncovered || row.target_weight == 0) continue;
    groups[row.code].names.push_back(name_of(row));
    groups[row.code].weight += std::abs(row.target_weight);
  }
  std::string out;
  for (const auto& [code, group] : groups) {
    out += "  " + padded(std::string(to_text(code)), 20) +
           right(std::to_string(group.names.size()), 5) + " targets carrying " +
           percent(group.weight) + " of the weight: " + some_names(group.names, 6) + "\n";
  }
  return out;
}

std::string skip_line(const RebalancePlan& plan) {
  std::map<std::string, std::size_t> skips;
  std::size_t total = 0;
  for (const PlanRow& row : plan.rows) {
    if (row.action != Action::kSkip) continue;
    ++skips[std::string(to_text(row.code))];
    ++total;
  }
  std::string out = "  skipped " + right(std::to_string(total), 6);
  std::string separator = "  ";
  for (const auto& [code, count] : skips) {
    out += separator + code + " " + std::to_string(count);
    separator = ", ";
  }
  return out + "\n";
}

/// The names that a risk limit refused, each with the limit: they are why the exit code is 4.
std::string risk_lines(const RebalancePlan& plan) {
  std::string out;
  std::size_t shown = 0;
  for (const PlanRow& row : plan.rows) {
    if (row.code != ReasonCode::kRiskLimit || ++shown > 10) continue;
    out += "    " + name_of(row) + ": " + row.words + "\n";
  }
  return out;
}

std::size_t count_action(const RebalancePlan& plan, Action action) {
  return static_cast<std::size_t>(std::count_if(
      plan.rows.begin(), plan.rows.end(), [&](const PlanRow& r) { return r.action == action; }));
}

const PlanRow* row_of(const RebalancePlan& plan, const Symbol& symbol) {
  for (const PlanRow& row : plan.rows) {
    if (row.symbol && *row.symbol == symbol) return &row;
  }
  return nullptr;
}

/// The ten largest orders, each with what was held, what is wanted and why it exists.
std::string largest_trades(const RebalancePlan& plan) {
  std::vector<const PlannedOrder*> orders;
  for (const PlannedOrder& order : plan.orders) orders.push_back(&order);
  std::stable_sort(orders.begin(), orders.end(), [](const PlannedOrder* a, const PlannedOrder* b) {
    return a->notional > b->notional;
  });
  std::string out;
  for (std::size_t i = 0; i < orders.size() && i < 10; ++i) {
    const PlannedOrder& order = *orders[i];
    const PlanRow* row = row_of(plan, order.symbol);
    out += "  " + padded(std::string(to_text(order.side)), 5) + padded(order.symbol.text(), 7) +
           right(order.quantity.text(), 15) + " x " + right(order.ref_price.text(), 9) + " = " +
           right(usd_text(order.notional), 10) + " USD  " + std::string(to_text(order.purpose));
    if (row != nullptr) {
      out += " (" + row->current_qty.text() + " -> " + row->target_qty.text() + ", weight " +
             percent(row->target_weight) + ")";
    }
    out += "\n";
  }
  return out;
}

std::string notes_section(const std::vector<std::string>& notes) {
  if (notes.empty()) return "";
  std::string out = "\nNotes\n";
  for (const std::string& note : notes) out += "  - " + note + "\n";
  return out;
}

std::string stages_section(const RunOutcome& outcome) {
  std::string out = "\nStages\n";
  for (const StageReport& stage : outcome.stages) {
    out += "  " + stage.name + "  " + padded(std::string(to_text(stage.state)), 12) +
           right(format_scaled(stage.micros / 100, 1), 7) + " ms  " + stage.message + "\n";
  }
  return out;
}

/// What agrees, in one sentence.
std::string agreement(const reconcile::BrokerRecon& recon) {
  const auto about = [&](Subject subject) {
    return std::any_of(recon.differences.begin(), recon.differences.end(),
                       [&](const Difference& d) { return d.subject == subject; });
  };
  return "  broker and journal: " + counted(recon.orders_agree, "order") + " and " +
         counted(recon.fills_agree, "execution") + " agree, " +
         (about(Subject::kPosition) ? counted(recon.positions_agree, "position") + " agree"
                                    : "positions agree") +
         ", " +
         (about(Subject::kCash) ? "cash is " + usd_text(recon.cash) + " USD"
                                : "cash agrees to the cent, " + usd_text(recon.cash) + " USD") +
         "\n";
}

std::string difference_line(const Difference& difference) {
  const std::string state = difference.is_open()      ? "OPEN "
                            : difference.acknowledged ? "acknowledged "
                                                      : "";
  return "  " + state + std::string(to_text(difference.cause)) + ": " + difference.sentence + "\n" +
         (difference.is_open() ? "    not traded until you look into it and run: signalbus "
                                 "reconcile --ack '" +
                                     difference.key + "' --reason TEXT\n"
                               : "");
}

/// At most so many lines of a kind.
class Lines {
 public:
  explicit Lines(std::string& out) : out_(out) {}
  void add(const std::string& line) {
    if (++count_ <= kMax) out_ += line;
  }
  void end(const std::string& where) {
    if (count_ > kMax) out_ += "  and " + std::to_string(count_ - kMax) + " more" + where + "\n";
  }

 private:
  static constexpr std::size_t kMax = 15;
  std::string& out_;
  std::size_t count_ = 0;
};

std::string broker_section(const BrokerCheck& check) {
  const reconcile::BrokerRecon& recon = check.recon;
  std::string out = agreement(recon);
  if (check.first_look) out += "  first look at this account: what it holds now is the start\n";
  Lines differences(out);
  for (const Difference& difference : recon.differences) {
    differences.add(difference_line(difference));
  }
  differences.end(", all in recon_broker_*.csv");
  Lines pending(out);
  for (const std::string& line : recon.pending) pending.add("  on its way: " + line + "\n");
  pending.end(" on their way");
  Lines foreign(out);
  for (const auto* list : {&recon.foreign_orders, &recon.foreign_positions}) {
    for (const reconcile::Foreign& other : *list) foreign.add("  not ours: " + other.line + "\n");
  }
  foreign.end(" that are not ours");
  return out;
}

}  // namespace

std::string signals_section(const signals::MergedTargets& merged) {
  std::string out = "Strategies (M1)\n";
  for (const signals::StrategyUse& use : merged.strategies) {
    const int age = merged.book.trade_date.days() - use.signal_date.days();
    out += "  " + padded(use.strategy_id.get(), 16) + " signal of " + use.signal_date.iso() + " (" +
           counted(static_cast<std::size_t>(age), "day") + " old)  " + counted(use.names, "name") +
           "  raw sum " + format_double(use.raw_sum) + "  share " + percent(use.blend_weight) +
           "\n";
  }
  return out + "  " + counted(merged.book.targets.size(), "target") + " for " +
         merged.book.trade_date.iso() + "\n";
}

std::string plan_section(const PlanOutcome& outcome) {
  const RebalancePlan& plan = outcome.plan;
  std::string out = "Plan (M2), trading " + risk::describe(outcome.control) + "\n";
  out += "  equity " + usd_text(plan.equity) + " USD, investable " + usd_text(plan.investable) +
         " USD";
  if (!plan.foreign_value.is_zero()) out += ", foreign " + usd_text(plan.foreign_value) + " USD";
  out += "\n" + uncovered_lines(plan);
  out += "  sells   " + right(std::to_string(count_action(plan, Action::kSell)), 6) + "  " +
         usd_text(plan.sell_notional) + " USD\n";
  out += "  buys    " + right(std::to_string(count_action(plan, Action::kBuy)), 6) + "  " +
         usd_text(plan.buy_notional) + " USD\n";
  out += "  held    " + right(std::to_string(count_action(plan, Action::kHold)), 6) + "\n";
  out += skip_line(plan) + risk_lines(plan);
  out +=
      "  cash    " + usd_text(plan.starting_cash) + " -> " + usd_text(plan.cash_after) + " USD\n";
  if (plan.orders.empty()) return out;
  return out + "\nLargest trades\n" + largest_trades(plan);
}

std::string execution_section(const ExecuteOutcome& outcome) {
  std::map<std::string, std::size_t> states;
  for (const OrderRecord& record : outcome.orders) {
    ++states[std::string(to_text(record.event.state))];
  }
  std::string out = "Execution (M4)\n  batch " + outcome.batch.id().get() + ", mode " +
                    std::string(to_text(outcome.batch.key.mode)) + ": " +
                    counted(outcome.orders.size(), "order");
  for (const auto& [state, count] : states) out += ", " + std::to_string(count) + " " + state;
  const auto open_legs =
      std::count_if(outcome.legs.begin(), outcome.legs.end(),
                    [](const OrderRecord& leg) { return !is_final(leg.event.state); });
  if (open_legs > 0) {
    out += ", " + counted(static_cast<std::size_t>(open_legs), "bracket leg") + " open";
  }
  out += "; " + counted(outcome.rows_added, "row") + " added to the log\n";
  if (outcome.decision.kind == execution::BatchDecision::Kind::kAlreadyDone) {
    out += "  it was finished before: nothing was sent now; --again opens the next batch\n";
  }
  std::size_t shown = 0;
  for (const OrderRecord& record : outcome.orders) {
    if (record.event.error.empty() || ++shown > 10) continue;
    out += "  " + std::string(to_text(record.event.state)) + " " +
           record.intent.order.symbol.text() + ": " + record.event.error + "\n";
  }
  return out;
}

std::string recon_section(const ReconcileOutcome& outcome) {
  std::string out =
      "Reconciliation (M5)\n  " + std::to_string(outcome.ok) + " OK, " +
      std::to_string(outcome.mismatches) + " MISMATCH, " + std::to_string(outcome.skipped) +
      " SKIPPED; " + counted(outcome.result.eod.positions.size(), "position") + " worth " +
      usd_text(outcome.result.eod.equity - outcome.result.eod.cash) + " USD and " +
      usd_text(outcome.result.eod.cash) + " USD cash (" + outcome.result.eod.source + ")\n";
  std::size_t shown = 0;
  for (const ReconRow& row : outcome.result.rows) {
    if (row.status != ReconStatus::kMismatch || ++shown > 10) continue;
    out += "  MISMATCH " + (row.symbol ? row.symbol->text() : row.asset_id.get()) + ": planned " +
           row.planned_qty.text() + ", filled " + row.actual_qty.text() + " (" +
           std::string(to_text(row.cause)) + ": " + row.explanation + ")\n";
  }
  return outcome.broker ? out + broker_section(*outcome.broker) : out;
}

std::string files_section(const std::vector<std::string>& files, const Workspace& workspace) {
  std::string out = "Files (in " + workspace.root + ")\n";
  for (const std::string& file : files) out += "  " + path_below(workspace.root, file) + "\n";
  return out;
}

std::string run_page(const RunOutcome& outcome, const Workspace& workspace) {
  std::string out = "signalbus run " + outcome.run.run_date.iso() + ", mode " +
                    std::string(to_text(outcome.run.mode)) + ", run " +
                    outcome.run.run_date.compact() + "-" + std::to_string(outcome.run.number) +
                    "\n";
  if (outcome.m1) out += "\n" + signals_section(outcome.m1->merged);
  if (outcome.m2) out += "\n" + plan_section(*outcome.m2);
  if (outcome.m4) out += "\n" + execution_section(*outcome.m4);
  if (outcome.m5) out += "\n" + recon_section(*outcome.m5);
  out += notes_section(outcome.notes) + stages_section(outcome);
  if (outcome.alerts) out += alerts_section(*outcome.alerts);
  out += "\n" + files_section(outcome.files, workspace);
  return out + "  " + path_below(workspace.root, outcome.archive) +
         "/  (copy of all, with manifest.json)\n";
}

}  // namespace signalbus::pipeline
