#include <concepts>

#include "formats/json_writer.h"
#include "report/dashboard_view.h"

namespace signalbus::report {
namespace {

using formats::JsonWriter;

/// Writes the members of one object. Money is text: the page must not round what it only shows.
class Fields {
 public:
  explicit Fields(JsonWriter& json) : json_(json) { json_.begin_object(); }
  ~Fields() { json_.end_object(); }
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  template <class T>
  Fields& add(std::string_view name, const T& value) {
    json_.key(name);
    write(value);
    return *this;
  }

 private:
  void write(const std::string& value) { json_.string(value); }
  void write(std::string_view value) { json_.string(value); }
  void write(Money value) { json_.string(value.text()); }
  void write(TradeDate value) { json_.string(value.iso()); }
  void write(std::floating_point auto value) { json_.real(value); }
  void write(std::same_as<bool> auto value) { json_.boolean(value); }
  void write(int value) { json_.integer(value); }
  void write(std::size_t value) { json_.integer(static_cast<std::int64_t>(value)); }
  template <class T>
  void write(const std::optional<T>& value) {
    value.has_value() ? write(*value) : void(json_.null());
  }
  template <class T>
  void write(const std::vector<T>& values) {
    json_.begin_array();
    for (const T& value : values) write(value);
    json_.end_array();
  }
  template <class T>
    requires std::is_class_v<T>
  void write(const T& value) {
    Fields fields(json_);
    describe(fields, value);
  }

  JsonWriter& json_;
};

void describe(Fields& out, const HeaderView& view) {
  out.add("title", view.title).add("account", view.account).add("mode", view.mode);
  out.add("strategies", view.strategies).add("first", view.first).add("last", view.last);
  out.add("sessions", view.sessions).add("time_zone", view.time_zone);
  out.add("rf_annual", view.rf_annual).add("benchmark", view.benchmark);
  out.add("benchmark_reason", view.benchmark_reason).add("data_hash", view.data_hash);
  out.add("build", view.build).add("made_at", view.made_at).add("reconciled", view.reconciled);
  out.add("reconciliation", view.reconciliation).add("notes", view.notes);
}

void describe(Fields& out, const AmountView& view) {
  out.add("label", view.label).add("usd", view.usd).add("contribution", view.contribution);
}

void describe(Fields& out, const TodayView& view) {
  out.add("equity_before", view.equity_before).add("equity_after", view.equity_after);
  out.add("flow", view.flow).add("profit", view.profit).add("day_return", view.day_return);
  out.add("benchmark_return", view.benchmark_return).add("waterfall", view.waterfall);
  out.add("unexplained", view.unexplained).add("breaks", view.breaks);
  out.add("best", view.best).add("worst", view.worst);
  out.add("period", view.period).add("since", view.since);
}

void describe(Fields& out, const ExposureView::Group& view) {
  out.add("label", view.label).add("gross", view.gross).add("net", view.net);
}

void describe(Fields& out, const ExposureView& view) {
  out.add("cash", view.cash).add("gross", view.gross).add("net", view.net);
  out.add("long_share", view.long_share).add("short_share", view.short_share);
  out.add("cash_share", view.cash_share).add("effective_n", view.effective_n);
  out.add("top_1", view.top_1).add("top_5", view.top_5).add("top_10", view.top_10);
  out.add("longs", view.longs).add("shorts", view.shorts).add("sectors", view.sectors);
}

void describe(Fields& out, const LiquidityView& view) {
  out.add("days", view.days).add("slowest", view.slowest).add("reason", view.reason);
  out.add("capacity_usd", view.capacity_usd).add("capacity_scale", view.capacity_scale);
  out.add("capacity_reason", view.capacity_reason).add("largest_share", view.largest_share);
}

void describe(Fields& out, const DriftRow& row) {
  out.add("symbol", row.symbol).add("target_weight", row.target_weight);
  out.add("actual_weight", row.actual_weight).add("deviation", row.deviation);
  out.add("cause", row.cause);
}

void describe(Fields& out, const OrderRow& row) {
  out.add("id", row.id).add("symbol", row.symbol).add("side", row.side);
  out.add("quantity", row.quantity).add("filled", row.filled).add("status", row.status);
  out.add("avg_price", row.avg_price).add("slippage_bps", row.slippage_bps);
  out.add("shortfall", row.shortfall).add("reason", row.reason);
  out.add("delay", row.delay).add("fill_seconds", row.fill_seconds);
}

void describe(Fields& out, const CostRow& row) {
  out.add("label", row.label).add("orders", row.orders).add("fill_rate", row.fill_rate);
  out.add("traded", row.traded).add("shortfall", row.shortfall);
  out.add("shortfall_bps", row.shortfall_bps).add("slippage_bps", row.slippage_bps);
  out.add("full_rate", row.full_rate).add("fill_seconds", row.fill_seconds);
  out.add("delay", row.delay);
}

void describe(Fields& out, const SeriesView& view) {
  out.add("dates", view.dates).add("equity", view.equity).add("growth", view.growth);
  out.add("benchmark_growth", view.benchmark_growth).add("returns", view.returns);
  out.add("benchmark_returns", view.benchmark_returns).add("drawdown", view.drawdown);
  out.add("benchmark_drawdown", view.benchmark_drawdown).add("gross", view.gross);
  out.add("net", view.net).add("turnover", view.turnover);
}

void describe(Fields& out, const RollingView& view) {
  out.add("window", view.window).add("sharpe", view.sharpe);
  out.add("volatility", view.volatility).add("beta", view.beta);
}

void describe(Fields& out, const DrawdownRow& row) {
  out.add("peak", row.peak).add("valley", row.valley).add("recovery", row.recovery);
  out.add("depth", row.depth).add("sessions", row.sessions).add("days", row.days);
}

void describe(Fields& out, const PeriodReturn& period) {
  out.add("year", period.year).add("part", period.part).add("value", period.value);
  out.add("benchmark", period.benchmark).add("partial", period.partial);
}

void describe(Fields& out, const PeriodToDateRow& row) {
  out.add("label", row.label).add("value", row.value).add("benchmark", row.benchmark);
  out.add("active", row.active).add("annualised", row.annualised).add("reason", row.reason);
}

void describe(Fields& out, const DistributionView& view) {
  out.add("edges", view.edges).add("counts", view.counts).add("mean", view.mean);
  out.add("stdev", view.stdev).add("var_95", view.var_95).add("cvar_95", view.cvar_95);
}

void describe(Fields& out, const MetricRow& row) {
  out.add("id", row.id).add("title", row.title).add("group", row.group).add("unit", row.unit);
  out.add("formula", row.formula).add("convention", row.convention).add("value", row.value);
  out.add("benchmark", row.benchmark).add("active", row.active).add("n_used", row.n_used);
  out.add("reason", row.reason).add("weak", row.weak);
}

void describe(Fields& out, const IntervalRow& row) {
  out.add("metric", row.metric).add("low", row.low).add("median", row.median);
  out.add("high", row.high);
}

void describe(Fields& out, const AttributionTable& table) {
  out.add("by", table.by).add("rows", table.rows).add("total_usd", table.total_usd);
  out.add("total_contribution", table.total_contribution);
}

void describe(Fields& out, const BrinsonView::Row& row) {
  out.add("sector", row.sector).add("weight", row.weight);
  out.add("benchmark_weight", row.benchmark_weight).add("allocation", row.allocation);
  out.add("selection", row.selection).add("interaction", row.interaction);
}

void describe(Fields& out, const BrinsonView& view) {
  out.add("note", view.note).add("reason", view.reason).add("rows", view.rows);
  out.add("active", view.active);
}

void describe(Fields& out, const FactorsView::Row& row) {
  out.add("factor", row.factor).add("exposure", row.exposure).add("newest", row.newest);
  out.add("tilt", row.tilt).add("timing", row.timing);
  out.add("common", row.common);
}

void describe(Fields& out, const FactorsView& view) {
  out.add("note", view.note).add("reason", view.reason).add("rows", view.rows);
  out.add("specific", view.specific).add("total", view.total);
}

void describe(Fields& out, const NameRow& row) {
  out.add("symbol", row.symbol).add("sector", row.sector).add("weight", row.weight);
  out.add("quantity", row.quantity).add("price", row.price).add("value", row.value);
  out.add("day_pnl", row.day_pnl).add("pnl", row.pnl).add("realised", row.realised);
  out.add("unrealised", row.unrealised).add("contribution", row.contribution);
}

void describe(Fields& out, const ReconRowView& row) {
  out.add("date", row.date).add("status", row.status).add("differences", row.differences);
  out.add("identity_break", row.identity_break).add("link", row.link);
}

void describe(Fields& out, const AlertNotice& alert) {
  out.add("rule", alert.rule).add("scope", alert.scope).add("level", to_text(alert.level));
  out.add("since", alert.since).add("sentence", alert.sentence);
  out.add("acknowledged", alert.acknowledged);
}

void describe(Fields& out, const RiskRow& row) {
  const RiskValue& value = row.value;
  out.add("scope", value.scope).add("metric", value.metric).add("value", value.value);
  out.add("unit", value.unit).add("window", value.window).add("n_used", value.n_used);
  out.add("reason", value.reason).add("threshold_warn", row.threshold_warn);
  out.add("threshold_critical", row.threshold_critical).add("level", to_text(row.level));
}

void describe(Fields& out, const RunRowView& row) {
  out.add("id", row.id).add("date", row.date).add("mode", row.mode);
  out.add("outcome", row.outcome).add("exit_code", row.exit_code).add("link", row.link);
}

void describe(Fields& out, const FileView& file) {
  out.add("label", file.label).add("link", file.link);
}

void describe(Fields& out, const DashboardView& view) {
  out.add("header", view.header).add("today", view.today).add("exposure", view.exposure);
  out.add("liquidity", view.liquidity);
  out.add("drift", view.drift).add("orders", view.orders);
  out.add("costs_by_strategy", view.costs_by_strategy);
  out.add("costs_by_symbol", view.costs_by_symbol).add("series", view.series);
  out.add("rolling", view.rolling).add("drawdowns", view.drawdowns);
  out.add("months", view.months).add("years", view.years).add("periods", view.periods);
  out.add("distribution", view.distribution).add("metrics", view.metrics);
  out.add("intervals", view.intervals).add("attribution", view.attribution);
  out.add("brinson", view.brinson).add("factors", view.factors);
  out.add("names", view.names);
  out.add("reconciliation", view.reconciliation).add("alerts", view.alerts);
  out.add("risk", view.risk).add("runs", view.runs).add("files", view.files);
}

}  // namespace

std::string dashboard_json(const DashboardView& view) {
  JsonWriter json(formats::JsonStyle::kCompact);
  {
    Fields fields(json);
    describe(fields, view);
  }
  return json.take();
}

}  // namespace signalbus::report
