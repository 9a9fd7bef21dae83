// plan.json: the plan's terms and hashes, written by `plan` and held against the orders by
// `execute`.
#include "core/text.h"
#include "formats/json.h"
#include "formats/json_writer.h"
#include "report/save_plan.h"

namespace signalbus::report {
namespace {

constexpr std::size_t kPlanJsonBytesMax = 16 << 20;

/// Everything but the hash itself, in one fixed order.
void write_terms(formats::JsonWriter& json, const PlanRecord& record) {
  json.key("trade_date").string(record.trade_date.iso());
  json.key("made_at").string(record.made_at.rfc3339());
  json.key("equity").number(record.equity.text());
  json.key("foreign_value").number(record.foreign_value.text());
  json.key("investable").number(record.investable.text());
  json.key("starting_cash").number(record.starting_cash.text());
  json.key("rounding_allowance").number(record.rounding_allowance.text());
  json.key("planned_orders_sha256").string(record.orders_sha256);
  json.key("rebalance_plan_sha256").string(record.plan_sha256);
  json.key("planned_shares_sha256").string(record.shares_sha256);
  json.key("planned_moves_sha256").string(record.moves_sha256);
  json.key("policy").begin_object();
  for (const PlanSetting& setting : record.policy) json.key(setting.key).string(setting.value);
  json.end_object();
  json.key("inputs").begin_array();
  for (const PlanSource& input : record.inputs) {
    json.begin_object();
    json.key("role").string(input.role);
    json.key("path").string(input.path);
    json.key("sha256").string(input.sha256);
    json.end_object();
  }
  json.end_array();
}

std::string hash_of(const PlanRecord& record) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object();
  write_terms(json, record);
  json.end_object();
  return sha256_hex(json.take());
}

Result<std::string> text_member(const formats::JsonValue& object, std::string_view key) {
  SB_TRY(const formats::JsonValue value, object.member(key));
  SB_TRY(const std::string_view text, value.string());
  return std::string(text);
}

Result<Money> money_member(const formats::JsonValue& object, std::string_view key) {
  SB_TRY(const formats::JsonValue value, object.member(key));
  SB_TRY(const std::string_view text, value.decimal());
  return Money::parse(text);
}

Result<std::vector<PlanSetting>> read_policy(const formats::JsonValue& root) {
  SB_TRY(const formats::JsonValue policy, root.member("policy"));
  SB_TRY(const auto members, policy.members());
  std::vector<PlanSetting> out;
  for (const auto& [key, value] : members) {
    SB_TRY(const std::string_view text, value.string());
    out.push_back({std::string(key), std::string(text)});
  }
  return out;
}

Result<std::vector<PlanSource>> read_inputs(const formats::JsonValue& root) {
  SB_TRY(const formats::JsonValue inputs, root.member("inputs"));
  SB_TRY(const auto items, inputs.items());
  std::vector<PlanSource> out;
  for (const formats::JsonValue& item : items) {
    SB_TRY(std::string role, text_member(item, "role"));
    SB_TRY(std::string path, text_member(item, "path"));
    SB_TRY(std::string sha256, text_member(item, "sha256"));
    out.push_back({std::move(role), std::move(path), std::move(sha256)});
  }
  return out;
}

Result<PlanRecord> read_record(const formats::JsonValue& root) {
  SB_TRY(const std::string date_text, text_member(root, "trade_date"));
  SB_TRY(const TradeDate date, TradeDate::parse(date_text));
  SB_TRY(const std::string made_text, text_member(root, "made_at"));
  SB_TRY(const Instant made_at, Instant::parse(made_text));
  SB_TRY(const Money equity, money_member(root, "equity"));
  SB_TRY(const Money foreign, money_member(root, "foreign_value"));
  SB_TRY(const Money investable, money_member(root, "investable"));
  SB_TRY(const Money cash, money_member(root, "starting_cash"));
  SB_TRY(const Money allowance, money_member(root, "rounding_allowance"));
  SB_TRY(std::string orders, text_member(root, "planned_orders_sha256"));
  SB_TRY(std::string plan, text_member(root, "rebalance_plan_sha256"));
  SB_TRY(std::string shares, text_member(root, "planned_shares_sha256"));
  SB_TRY(std::string moves, text_member(root, "planned_moves_sha256"));
  SB_TRY(std::vector<PlanSetting> policy, read_policy(root));
  SB_TRY(std::vector<PlanSource> inputs, read_inputs(root));
  SB_TRY(std::string hash, text_member(root, "plan_hash"));
  return PlanRecord{date,
                    made_at,
                    equity,
                    foreign,
                    investable,
                    cash,
                    allowance,
                    std::move(orders),
                    std::move(plan),
                    std::move(shares),
                    std::move(moves),
                    std::move(policy),
                    std::move(inputs),
                    std::move(hash)};
}

}  // namespace

PlanRecord make_plan_record(const RebalancePlan& plan, const PlanBytes& bytes,
                            std::vector<PlanSetting> policy, std::vector<PlanSource> inputs,
                            Instant made_at) {
  PlanRecord record{.trade_date = plan.trade_date,
                    .made_at = made_at,
                    .equity = plan.equity,
                    .foreign_value = plan.foreign_value,
                    .investable = plan.investable,
                    .starting_cash = plan.starting_cash,
                    .rounding_allowance = plan.rounding_allowance,
                    .orders_sha256 = sha256_hex(bytes.orders),
                    .plan_sha256 = sha256_hex(bytes.plan),
                    .shares_sha256 = sha256_hex(bytes.shares),
                    .moves_sha256 = sha256_hex(bytes.moves),
                    .policy = std::move(policy),
                    .inputs = std::move(inputs),
                    .plan_hash = {}};
  record.plan_hash = hash_of(record);
  return record;
}

void save_plan_json(OutputSet& outputs, const PlanRecord& record, const std::string& path) {
  formats::JsonWriter json(formats::JsonStyle::kPretty);
  json.begin_object();
  write_terms(json, record);
  json.key("plan_hash").string(record.plan_hash);
  json.end_object();
  outputs.add(path, json.take());
}

Result<PlanRecord> load_plan_json(Files& files, const std::string& path) {
  SB_TRY(const std::string bytes, files.read(path, kPlanJsonBytesMax));
  SB_TRY(const formats::JsonDocument document, formats::parse_json(bytes, path, kPlanJsonBytesMax));
  Result<PlanRecord> record = read_record(document.root());
  if (!record.ok()) return std::move(record).error().in(path);
  if (record.value().plan_hash != hash_of(record.value())) {
    return Error{ErrorCode::kInvalidInput,
                 path + ": plan_hash does not match the plan, the file was edited; plan again"};
  }
  return record;
}

}  // namespace signalbus::report
