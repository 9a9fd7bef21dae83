// The `scheduler:` block: times, stages, and what their failure means.
#include "core/text.h"
#include "settings/parse.h"

namespace signalbus::settings {
namespace {

/// HH:MM, two digits each.
std::optional<TimeOfDay> parse_time(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const TimeOfDay time{.hour = (text[0] - '0') * 10 + (text[1] - '0'),
                       .minute = (text[3] - '0') * 10 + (text[4] - '0')};
  return time.hour < 24 && time.minute < 60 ? std::optional(time) : std::nullopt;
}

void read_times(Block& block, SchedulerSettings& out) {
  const std::string time = block.text("time", "09:00");
  if (const auto parsed = parse_time(time)) {
    out.time = *parsed;
  } else {
    block.refuse("time", "was " + quoted(time) + "; write HH:MM in New York time, as \"09:00\"");
  }
  out.schedule = block.choice<Schedule>(
      "schedule",
      {{"daily", Schedule::kDaily}, {"weekly", Schedule::kWeekly}, {"monthly", Schedule::kMonthly}},
      out.schedule);
  out.weekday = block.choice<int>(
      "weekday", {{"monday", 1}, {"tuesday", 2}, {"wednesday", 3}, {"thursday", 4}, {"friday", 5}},
      out.weekday);
  if (block.has("weekday") && out.schedule != Schedule::kWeekly) {
    block.refuse("weekday", "has a meaning only with schedule: weekly; change one of them");
  }
  const std::string day = block.text("month_day", "1");
  if (day == "last") {
    out.month_day = -1;
  } else {
    out.month_day = static_cast<int>(block.integer("month_day", {1, 28}, 1));
  }
  if (block.has("month_day") && out.schedule != Schedule::kMonthly) {
    block.refuse("month_day", "has a meaning only with schedule: monthly; change one of them");
  }
  out.skip_weekends = block.boolean("skip_weekends", false);
}

enum class Stage { kM1, kM2, kM4, kM5, kM6 };

StagePolicy read_stage(Block& block, Stage stage) {
  StagePolicy out;
  out.on_failure = block.choice<OnStageFailure>("on_failure",
                                                {{"stop", OnStageFailure::kStop},
                                                 {"skip", OnStageFailure::kSkip},
                                                 {"last_good", OnStageFailure::kLastGood},
                                                 {"halt", OnStageFailure::kHalt}},
                                                out.on_failure);
  if (out.on_failure == OnStageFailure::kLastGood && stage != Stage::kM1) {
    block.refuse("on_failure",
                 "last_good is for m1 only: old targets may stand in for new ones, an old plan or "
                 "report may not; write stop");
  }
  if (out.on_failure == OnStageFailure::kSkip && stage != Stage::kM5 && stage != Stage::kM6) {
    block.refuse("on_failure",
                 "skip is for m5 and m6 only: later stages cannot do without this one; write stop");
  }
  if (out.on_failure == OnStageFailure::kHalt) {
    block.refuse("on_failure",
                 "halt needs the kill switch, which this version does not have yet; write stop");
  }
  out.timeout_seconds = block.integer("timeout_seconds", {1, 86'400});
  return out;
}

void read_blend(Block& block, M1Settings& out) {
  Block weights = block.map("blend");
  for (const std::string& name : block.names("blend")) {
    const std::optional<double> weight = weights.number(name, 0, 1'000'000);
    const Result<StrategyId> id = parse_strategy_id(name);
    if (!id.ok()) weights.refuse(name, id.error().message);
    if (weight && !(*weight > 0)) {
      weights.refuse(name, "weight was 0; write one above 0, or remove the strategy");
    }
    if (weight && id.ok()) out.blend.emplace_back(id.value(), *weight);
  }
}

void read_m1(Block block, M1Settings& out) {
  using signals::MergeMode;
  out.mode = block.choice<MergeMode>(
      "mode", {{"select", MergeMode::kSelect}, {"blend", MergeMode::kBlend}}, out.mode);
  if (const std::string pick = block.text("pick", ""); block.has("pick")) {
    const Result<StrategyId> id = parse_strategy_id(pick);
    if (id.ok()) out.pick = id.value();
    if (!id.ok()) block.refuse("pick", id.error().message);
  }
  read_blend(block, out);
  const bool blends = out.mode == MergeMode::kBlend;
  if (blends && block.has("pick")) {
    block.refuse("pick", "is for mode: select, and mode is blend; remove one of them");
  }
  if (!blends && block.has("blend")) {
    block.refuse("blend", "is for mode: blend, and mode is select; remove it or change the mode");
  }
  if (blends && block.names("blend").empty()) {
    block.refuse("mode", "is blend, but no weights are given; add blend: {strategy_id: 0.6, ...}");
  }
  out.stage = read_stage(block, Stage::kM1);
}

void read_m2(Block block, M2Settings& out) {
  out.equity = block.money("equity");
  out.fetch_real_prices = block.boolean("fetch_real_prices", false);
  out.price_source = block.choice<PriceSource>(
      "price_source",
      {{"snapshot", PriceSource::kSnapshot},
       {"latest", PriceSource::kLatest},
       {"file", PriceSource::kFile}},
      out.fetch_real_prices ? PriceSource::kSnapshot : PriceSource::kFile);
  if (out.fetch_real_prices && out.price_source == PriceSource::kFile) {
    block.refuse("price_source",
                 "is file, but fetch_real_prices is true; write fetch_real_prices: false, or "
                 "price_source: snapshot");
  }
  out.prices = block.path("prices", "");
  out.positions = block.path("positions", "");
  out.stage = read_stage(block, Stage::kM2);
}

void read_m4(Block block, M4Settings& out) {
  out.mode = block.choice<Mode>(
      "mode",
      {{"dry", Mode::kDry}, {"sim", Mode::kSim}, {"paper", Mode::kPaper}, {"live", Mode::kLive}},
      out.mode);
  out.run = block.boolean("run", out.run);
  out.stage = read_stage(block, Stage::kM4);
}

void read_m5(Block block, M5Settings& out) {
  out.source = block.choice<ReconcileSource>(
      "source", {{"logs", ReconcileSource::kLogs}, {"broker", ReconcileSource::kBroker}},
      out.source);
  out.run = block.boolean("run", out.run);
  out.stage = read_stage(block, Stage::kM5);
}

void read_m6(Block block, M6Settings& out) {
  out.run = block.boolean("run", out.run);
  out.stage = read_stage(block, Stage::kM6);
}

}  // namespace

void read_scheduler(Block& root, Settings& out) {
  Block block = root.map("scheduler");
  read_times(block, out.scheduler);
  read_m1(block.map("m1"), out.scheduler.m1);
  read_m2(block.map("m2"), out.scheduler.m2);
  read_m4(block.map("m4"), out.scheduler.m4);
  read_m5(block.map("m5"), out.scheduler.m5);
  read_m6(block.map("m6"), out.scheduler.m6);
}

}  // namespace signalbus::settings
