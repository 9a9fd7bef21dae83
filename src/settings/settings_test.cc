// Goal: what a person writes is what the modules get, and every mistake is named with its place.
// Method: the specification's own samples, defaults, units, secrets.
#include "settings/settings.h"
#include "risk/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <sstream>

#include "settings/templates.h"

namespace signalbus::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

const Lookup kNoEnvironment = [](const std::string&) { return std::nullopt; };

Lookup environment(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

Result<Settings> parse(const std::string& text, const Lookup& lookup = kNoEnvironment) {
  return parse_settings(text, "config.yaml", lookup);
}

Settings parsed(const std::string& text, const Lookup& lookup = kNoEnvironment) {
  const Result<Settings> result = parse(text, lookup);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return result.ok() ? result.value() : Settings{};
}

// ---- Files that must load ----

TEST(ParseSettingsTest, LoadsTheSpecificationsSample) {
  const Settings s = parsed(file_text(SB_TESTDATA "/settings/spec_config.yaml"),
                            environment({{"APCA_API_KEY_ID", "PKTEST"}}));

  EXPECT_EQ(s.alpaca.key_id.reveal(), "PKTEST");
  EXPECT_EQ(s.scheduler.m1.pick, StrategyId("drl"));
  EXPECT_EQ(s.scheduler.m2.equity, Money::whole(100'000));
  EXPECT_TRUE(s.scheduler.m2.fetch_real_prices);
  EXPECT_EQ(s.scheduler.m2.price_source, PriceSource::kSnapshot);
  EXPECT_EQ(s.scheduler.m4.mode, Mode::kDry);
  EXPECT_EQ(s.risk.max_share_per_order->value, Quantity::whole(1000));
  EXPECT_EQ(s.risk.max_notional_per_order->value, Money::whole(50'000));
  EXPECT_EQ(s.risk.max_total_notional->value, Money::whole(1'000'000));
  EXPECT_EQ(s.risk.price_tolerance->value.text(), "0.01");
  EXPECT_EQ(s.risk.min_cash_buffer->value.text(), "0.05");
  EXPECT_FALSE(s.risk.reject_if_price_missing->value);
  EXPECT_EQ(s.planning.cash_buffer.text(), "0.05");
  EXPECT_FALSE(s.planning.refuse_missing_price);
  EXPECT_EQ(s.analytics.risk_free_rate.text(), "0.02");
  ASSERT_EQ(s.analytics.risk_thresholds.size(), 2u);
  EXPECT_EQ(s.analytics.risk_thresholds[0].critical, -0.20);
  EXPECT_DOUBLE_EQ(s.analytics.risk_thresholds[0].warn, -0.16);
}

TEST(ParseSettingsTest, ALimitRemembersWhereItWasSet) {
  const Settings s = parsed(file_text(SB_TESTDATA "/settings/spec_config.yaml"));

  // Line 33 of the sample, as `grep -n` counts.
  EXPECT_EQ(s.risk.max_share_per_order->origin, "config.yaml:33");
  EXPECT_EQ(s.origins.at("risk.max_share_per_order"), "config.yaml:33");
}

TEST(LoadManifestTest, LoadsTheSpecificationsSample) {
  const auto manifest =
      load_manifest(file_text(SB_TESTDATA "/settings/spec_manifest.yaml"), "manifest.yaml");

  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  ASSERT_EQ(manifest.value().size(), 2u);
  const signals::StrategySpec& drl = manifest.value()[0];
  EXPECT_EQ(drl.id, StrategyId("drl"));
  EXPECT_EQ(drl.path, "./data/raw_signals/drl_weight.csv");
  EXPECT_EQ(drl.format, "csv");
  EXPECT_EQ(drl.max_age_days, 7);
  EXPECT_EQ(drl.column_mapping.at("gvkey"), "asset_id");
  EXPECT_EQ(drl.column_mapping.at("weights"), "target_weight");
  EXPECT_EQ(manifest.value()[1].format, "xlsx");
}

TEST(LoadManifestTest, TakesTheFormatFromTheEndingAndAnAbsolutePathAsItIs) {
  const auto manifest = load_manifest(
      "strategies:\n"
      "  - {id: a, path: /srv/signals/A.XLSX, sheet: Weights, allow_formulas: true}\n"
      "  - {id: b, path: data/b.parquet}\n"
      "  - {id: c, path: data/sub/../c.txt, format: csv}\n",
      "m.yaml");

  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_EQ(manifest.value()[0].format, "xlsx");
  EXPECT_EQ(manifest.value()[0].sheet, "Weights");
  EXPECT_TRUE(manifest.value()[0].allow_formulas);
  EXPECT_EQ(manifest.value()[1].format, "parquet");
  EXPECT_EQ(manifest.value()[2].format, "csv");
}

TEST(TemplatesTest, LoadWithoutAProblem) {
  const Settings s = parsed(std::string(config_template()));
  const auto manifest = load_manifest(manifest_template(), "strategy_manifest.yaml");

  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  ASSERT_EQ(manifest.value().size(), 1u);
  EXPECT_EQ(s.scheduler.m1.pick, manifest.value()[0].id);
}

TEST(ExampleWorkspaceTest, LoadsAndNamesFilesThatExist) {
  const std::string root = SB_SOURCE_DIR "/examples/paper_trading/";
  const Settings s = parsed(file_text(root + "config/config.yaml"));
  const auto manifest =
      load_manifest(file_text(root + "config/strategy_manifest.yaml"), "manifest.yaml");

  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  for (const signals::StrategySpec& spec : manifest.value()) file_text(root + spec.path);
  file_text(root + s.mapping.file);
  file_text(root + s.scheduler.m2.prices);
  file_text(root + s.scheduler.m2.positions);
}

RC_GTEST_PROP(ParseSettingsTest, ADamagedFileIsReadOrRefusedButNeverWorse, ()) {
  static const std::string sample(config_template());
  std::string text = sample;
  const auto edits = *rc::gen::inRange(1, 4);
  for (int i = 0; i < edits; ++i) {
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size());
    const std::size_t count = *rc::gen::inRange<std::size_t>(0, 12);
    text.replace(at, std::min(count, text.size() - at),
                 *rc::gen::container<std::string>(
                     rc::gen::elementOf(std::string(" \n:-,.[]{}\"'%#$&*!0159aemx_"))));
  }
  const Result<Settings> result = parse(text);
  if (!result.ok()) {
    RC_ASSERT(result.error().code == ErrorCode::kUsage);
    RC_ASSERT(result.error().message.starts_with("config.yaml:"));
  }
}

// ---- Defaults and units ----

TEST(ParseSettingsTest, AnEmptyFileIsTheDefaultsOfTheProduct) {
  const Settings s = parsed("");

  EXPECT_EQ(s.mapping.file, "./data/mapping/tic_gvkey_mapping_2025.csv");
  EXPECT_EQ(s.mapping.id_column, "gvkey");
  EXPECT_EQ(s.mapping.symbol_column, "tic");
  EXPECT_FALSE(s.mapping.is_explicit);
  EXPECT_EQ(s.scheduler.m4.mode, Mode::kDry);
  EXPECT_EQ(s.scheduler.time.hour, 9);
  EXPECT_EQ(s.planning.quantity_decimals, 4);
  EXPECT_EQ(s.planning.min_order_notional, Money::whole(1));
  EXPECT_EQ(s.planning.order_type, OrderType::kMarket);
  EXPECT_EQ(s.planning.collar.text(), "0.04");
  EXPECT_EQ(s.planning.min_coverage.text(), "0.25");
  EXPECT_FALSE(s.planning.band.on());
  EXPECT_EQ(s.planning.foreign_positions, planning::ForeignPositions::kAuto);
  EXPECT_EQ(s.signals.date_match, signals::DateMatch::kLatest);
  EXPECT_EQ(s.signals.on_failure, signals::OnFailure::kStop);
  EXPECT_EQ(s.signals.rescale_limit, 0.5);
  EXPECT_FALSE(s.weights.allow_short || s.weights.allow_cash);
  EXPECT_EQ(s.idempotency.client_order_id_prefix, "ORD");
  EXPECT_EQ(s.execution.settle_seconds, 5);
}

TEST(ParseSettingsTest, AnAbsentLimitIsNotALimit) {
  const Settings s = parsed("risk:\n  max_total_notional: 5000\n");

  EXPECT_FALSE(s.risk.max_share_per_order.has_value());
  EXPECT_FALSE(s.risk.price_tolerance.has_value());
  EXPECT_FALSE(s.risk.min_cash_buffer.has_value());
  EXPECT_TRUE(s.planning.cash_buffer.is_zero());
  EXPECT_EQ(s.risk.max_total_notional->value, Money::whole(5000));
}

struct UnitCase {
  const char* yaml;
  const char* expected;
  std::string (*read)(const Settings&);
};

TEST(ParseSettingsTest, ReadsPercentSignsAndPlainNumbersAsTheirUnitSays) {
  const auto buffer = [](const Settings& s) { return s.planning.cash_buffer.text(); };
  const auto tolerance = [](const Settings& s) { return s.risk.price_tolerance->value.text(); };
  const auto cap = [](const Settings& s) { return format_double(*s.weights.max_weight); };
  const auto collar = [](const Settings& s) { return s.planning.collar.text(); };
  const auto profit = [](const Settings& s) {
    return s.planning.bracket_on_buy->take_profit.text();
  };
  const auto age = [](const Settings& s) {
    return std::to_string(*s.planning.max_price_age_seconds);
  };
  const auto blend = [](const Settings& s) {
    return format_double(s.scheduler.m1.blend.at(0).second);
  };
  const UnitCase cases[] = {
      {"risk: {min_cash_buffer_pct: 0.05}", "0.05", buffer},
      {"risk: {min_cash_buffer_pct: 5%}", "0.05", buffer},
      {"risk: {min_cash_buffer_pct: 0}", "0", buffer},
      {"risk: {price_tolerance_pct: 1.0}", "0.01", tolerance},
      {"risk: {price_tolerance_pct: 1%}", "0.01", tolerance},
      {"risk: {price_tolerance_pct: 0.5}", "0.005", tolerance},
      {"risk: {price_tolerance_pct: 0.01%}", "0.0001", tolerance},
      {"weights: {max_weight: 0.1}", "0.1", cap},
      {"weights: {max_weight: 10%}", "0.1", cap},
      {"execution: {order_type: limit, collar_bps: 50}", "0.005", collar},
      {"execution: {mode_on_buy: bracket, tp_pct: 0.02, sl_pct: 1%}", "0.02", profit},
      {"execution: {mode_on_buy: bracket, tp_pct: 2%, sl_pct: 1%}", "0.02", profit},
      {"planning: {max_price_age: 90s}", "90", age},
      {"planning: {max_price_age: 15m}", "900", age},
      {"planning: {max_price_age: 24h}", "86400", age},
      {"planning: {max_price_age: 1d}", "86400", age},
      {"scheduler: {m1: {mode: blend, blend: {a: 33.3%, b: 1}}}", "0.333", blend},
      {"scheduler: {m1: {mode: blend, blend: {a: 0.3333333333333333, b: 1}}}", "0.3333333333333333",
       blend},
  };
  for (const UnitCase& given : cases) {
    const Result<Settings> s = parse(given.yaml);
    ASSERT_TRUE(s.ok()) << given.yaml << ": " << s.error().message;
    EXPECT_EQ(given.read(s.value()), given.expected) << given.yaml;
  }
}

TEST(ParseSettingsTest, FillsThePlanningPolicyFromEveryBlockThatItDependsOn) {
  const Settings s = parsed(
      "execution: {time_in_force: GTC, quantity_decimals: 0, min_order_notional: 25.50,\n"
      "            max_orders: 40}\n"
      "planning: {foreign_positions: refuse, max_turnover: 30%, allow_liquidation: true,\n"
      "           band: {absolute: 0.5%, trade_to: edge}}\n"
      "weights: {allow_short: true, max_gross: 150%, blacklist: [AAPL, '1690']}\n"
      "risk: {min_cash_buffer_pct: 10%, reject_if_price_missing: true}\n");

  EXPECT_EQ(s.planning.time_in_force, TimeInForce::kGtc);
  EXPECT_EQ(s.planning.quantity_decimals, 0);
  EXPECT_EQ(s.planning.min_order_notional.text(), "25.5");
  EXPECT_EQ(s.planning.max_orders, 40u);
  EXPECT_EQ(s.planning.foreign_positions, planning::ForeignPositions::kRefuse);
  EXPECT_EQ(s.planning.max_turnover->text(), "0.3");
  EXPECT_EQ(s.planning.band.absolute->text(), "0.005");
  EXPECT_TRUE(s.planning.band.trade_to_edge);
  EXPECT_TRUE(s.planning.allow_liquidation);
  EXPECT_TRUE(s.planning.allow_short);
  EXPECT_EQ(s.weights.max_gross, 1.5);
  EXPECT_THAT(s.planning.blacklist, ElementsAre("1690", "AAPL"));
  EXPECT_EQ(s.planning.cash_buffer.text(), "0.1");
  EXPECT_TRUE(s.planning.refuse_missing_price);
}

// ---- Secrets and the environment ----

TEST(ParseSettingsTest, AnUnsetVariableIsKeptForTheModeThatNeedsIt) {
  const Settings s = parsed("alpaca:\n  key_id: ${MY_KEY}\n  secret: ${MY_SECRET}\n");

  ASSERT_EQ(s.unset.size(), 2u);
  EXPECT_EQ(s.unset[0].name, "MY_KEY");
  EXPECT_EQ(s.unset[0].key, "alpaca.key_id");
  EXPECT_EQ(s.unset[0].origin, "config.yaml:2");
  EXPECT_TRUE(check_mode(s, Mode::kDry).ok());
  EXPECT_TRUE(check_mode(s, Mode::kSim).ok());
  const Status paper = check_mode(s, Mode::kPaper);
  ASSERT_FALSE(paper.ok());
  EXPECT_THAT(paper.error().message,
              HasSubstr("config.yaml:2: alpaca.key_id: environment variable MY_KEY is not set"));
  EXPECT_THAT(paper.error().message, HasSubstr("MY_SECRET"));
}

TEST(ParseSettingsTest, TheEnvironmentWinsOverTheFileForKeysAndEndpoints) {
  const Settings s =
      parsed("alpaca: {key_id: '${MY_KEY}', trading_endpoint: 'https://paper-api.alpaca.markets'}",
             environment({{"APCA_API_KEY_ID", "PK1"},
                          {"APCA_API_SECRET_KEY", "S1"},
                          {"APCA_API_BASE_URL", "http://127.0.0.1:8080"}}));

  EXPECT_EQ(s.alpaca.key_id.reveal(), "PK1");
  EXPECT_EQ(s.alpaca.secret.reveal(), "S1");
  EXPECT_EQ(s.alpaca.trading_endpoint, "http://127.0.0.1:8080");
  EXPECT_EQ(s.origins.at("alpaca.secret"), "environment variable APCA_API_SECRET_KEY");
  EXPECT_TRUE(s.unset.empty());
  EXPECT_TRUE(check_mode(s, Mode::kPaper).ok());
}

TEST(ParseSettingsTest, ASecretMayStandInAFileOfItsOwn) {
  const Settings s = parsed("alpaca:\n  secret: file:/run/secrets/alpaca\n");

  EXPECT_EQ(s.alpaca.secret.file(), "/run/secrets/alpaca");
  EXPECT_TRUE(s.alpaca.secret.is_set());
  EXPECT_EQ(s.alpaca.secret.reveal(), "");
}

TEST(ParseSettingsTest, NoMessageRepeatsASecret) {
  const Result<Settings> s = parse("alpaca:\n  secret: abcdefSECRETxyz\n");

  ASSERT_FALSE(s.ok());
  EXPECT_THAT(s.error().message, Not(HasSubstr("SECRET")));
}

// ---- Limits ----

TEST(ParseRiskTest, ReadsEveryKindOfLimitWithItsUnitAndPlace) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"max_adv_pct", "5%", "5%"},
      {"max_adv_pct", "0.5%", "0.5%"},
      {"max_gross_pct", "150%", "150%"},
      {"max_daily_loss_pct", "3%", "3%"},
      {"max_reject_rate", "20%", "20%"},
      {"max_position_notional", "25000", "25000"},
      {"max_daily_notional", "1500.50", "1500.5"},
      {"max_daily_orders", "500", "500"},
      {"max_unknown", "0", "0"},
      {"max_attempts_per_intent", "3", "3"},
      {"max_quote_age", "15m", "900s"},
      {"max_vs_last_batch_factor", "2.5", "2.5"},
      {"trade_window", "09:35-15:50", "09:35-15:50"},
      {"require_etb", "true", "true"},
      {"require_calendar_agreement", "false", "false"},
      {"allowed_types", "[market, limit]", "MARKET, LIMIT"},
      {"allowed_tif", "[DAY]", "DAY"},
      {"restricted_symbols", "[TSLA, BRK.B]", "BRK.B, TSLA"},
      {"restricted_symbols", "[]", "none"},
      {"universe", "[AAPL, MSFT]", "AAPL, MSFT"}};
  for (const auto& [key, given, shown] : cases) {
    const Result<Settings> s =
        parse("risk:\n  " + std::string(key) + ": " + std::string(given) + "\n");
    ASSERT_TRUE(s.ok()) << s.error().message;
    EXPECT_EQ(risk::limit_text(key, s.value().risk), shown) << key;
  }
  EXPECT_EQ(parsed("risk:\n  max_adv_pct: 5%\n").risk.max_adv->origin, "config.yaml:2");
  EXPECT_TRUE(parsed("weights: {allow_short: true}").risk.allow_short);
}

TEST(ParseRiskTest, OffIsAsGoodAsNoKeyForEveryLimitThatLiveModeLetsBeOff) {
  std::size_t off = 0;
  for (const risk::Rule& rule : risk::rule_table()) {
    if (rule.in_live != risk::InLive::kMayBeOff) continue;
    const Result<Settings> s = parse("risk: {" + std::string(rule.name) + ": off}");
    ASSERT_TRUE(s.ok()) << s.error().message;
    EXPECT_EQ(rule.value(s.value().risk), "") << rule.name;
    ++off;
  }
  EXPECT_GT(off, 10u);
}

/// A `risk:` block that states every limit: a value where live mode wants one, else `off`.
std::string live_block() {
  std::string out =
      "alpaca: {environment: live, trading_endpoint: 'https://api.alpaca.markets'}\nrisk:\n";
  const std::map<std::string_view, std::string> values = {
      {"risk.reject_if_price_missing", "true"},
      {"risk.allowed_types", "[market]"},
      {"risk.allowed_tif", "[DAY]"},
      {"risk.price_tolerance_pct", "1%"},
      {"risk.require_etb", "true"},
      {"risk.min_cash_buffer_pct", "5%"},
      {"risk.require_calendar_agreement", "true"},
      {"risk.max_daily_loss_pct", "3%"},
      {"risk.max_drawdown_pct", "20%"},
      {"risk.max_reject_rate", "20%"}};
  for (const risk::Rule& rule : risk::rule_table()) {
    if (rule.in_live == risk::InLive::kNotAsked) continue;
    const auto at = values.find(rule.key);
    std::string value = at == values.end() ? "10" : at->second;
    if (rule.in_live == risk::InLive::kMayBeOff) value = "off";
    out += "  " + std::string(rule.name) + ": " + value + "\n";
  }
  return out;
}

const Lookup kLiveKeys = environment({{"APCA_API_KEY_ID", "AK"}, {"APCA_API_SECRET_KEY", "S"}});

TEST(CheckModeTest, LiveStartsWhenEveryLimitIsStated) {
  const Status live = check_mode(parsed(live_block(), kLiveKeys), Mode::kLive);
  EXPECT_TRUE(live.ok()) << live.error().message;
}

TEST(CheckModeTest, LiveDoesNotStartWithoutAnyOneOfTheLimits) {
  for (const risk::Rule& rule : risk::rule_table()) {
    if (rule.in_live == risk::InLive::kNotAsked) continue;
    std::string block = live_block();
    const std::size_t from = block.find("  " + std::string(rule.name) + ": ");
    const std::size_t to = block.find('\n', from);
    const std::string without = std::string(block).erase(from, to - from + 1);
    const Status live = check_mode(parsed(without, kLiveKeys), Mode::kLive);
    ASSERT_FALSE(live.ok()) << rule.name;
    EXPECT_THAT(live.error().message,
                HasSubstr(std::string(rule.key) + ": is not set; mode live needs every limit"));
    EXPECT_TRUE(check_mode(parsed(without, kLiveKeys), Mode::kDry).ok()) << rule.name;
  }
}

TEST(CheckModeTest, OffIsNoAnswerWhereLiveWantsAValue) {
  std::string block = live_block();
  const std::string key = "  max_daily_notional: ";
  block.replace(block.find(key), key.size() + 2, key + "off");
  const Status live = check_mode(parsed(block, kLiveKeys), Mode::kLive);
  ASSERT_FALSE(live.ok());
  EXPECT_THAT(live.error().message,
              HasSubstr("risk.max_daily_notional: is off; mode live needs a value"));
}

TEST(CheckModeTest, LiveNeedsItsWordAndEveryLimit) {
  const Settings s = parsed("risk: {max_total_notional: 1000}",
                            environment({{"APCA_API_KEY_ID", "AK"}, {"APCA_API_SECRET_KEY", "S"}}));
  const Status live = check_mode(s, Mode::kLive);

  ASSERT_FALSE(live.ok());
  EXPECT_EQ(live.error().code, ErrorCode::kUsage);
  EXPECT_THAT(live.error().message, HasSubstr("alpaca.environment: is paper"));
  EXPECT_THAT(live.error().message, HasSubstr("risk.max_share_per_order: is not set"));
  EXPECT_THAT(live.error().message, HasSubstr("risk.min_cash_buffer_pct: is not set"));
  EXPECT_THAT(live.error().message, Not(HasSubstr("risk.max_total_notional")));
}

}  // namespace
}  // namespace signalbus::settings
