// Order matters: what a check needs stands before it.
#include "app/doctor.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "app/session.h"
#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"

namespace signalbus::app {
namespace {

constexpr std::uint64_t kFreeBytesMin = 100ull << 20;

class Doctor {
 public:
  explicit Doctor(Session& session) : session_(session) {}

  std::vector<Check> examine() {
    disk();
    if (keys() && network()) {
      clock();
      if (account()) {
        calendar();
        market_data();
      }
    }
    return std::move(checks_);
  }

 private:
  void pass(std::string name, std::string found) {
    checks_.push_back({std::move(name), Health::kPass, std::move(found), "", 0});
  }
  void warn(std::string name, std::string found, std::string fix) {
    checks_.push_back({std::move(name), Health::kWarn, std::move(found), std::move(fix), 0});
  }
  void fail(std::string name, std::string found, std::string fix, int exit_code) {
    checks_.push_back(
        {std::move(name), Health::kFail, std::move(found), std::move(fix), exit_code});
  }
  void fail(std::string name, const Error& error, std::string fix) {
    fail(std::move(name), error.message, std::move(fix), exit_code_of(error.code));
  }

  void disk();
  bool keys();
  bool network();
  void clock();
  bool account();
  void check_permissions(const alpaca::Account& account);
  void calendar();
  void market_data();

  Session& session_;
  std::vector<Check> checks_;
  AlpacaLink* link_ = nullptr;
  std::optional<alpaca::MarketClock> broker_clock_;
};

/// Outputs, logs and the journal must be writable, and a full disk must not come as a surprise.
void Doctor::disk() {
  const std::string probe = session_.workspace().at("data/outputs/.doctor");
  const NewFile file{probe, "signalbus doctor\n"};
  const Status written = session_.doors().files.write(std::span(&file, 1));
  std::error_code ignored;
  std::filesystem::remove(probe, ignored);
  if (!written.ok()) return fail("disk", written.error(), "make the folder writable");
  const auto space = std::filesystem::space(session_.workspace().root, ignored);
  const std::string free = std::to_string(space.available >> 20) + " MiB free";
  if (space.available < kFreeBytesMin) {
    return warn("disk", free, "free some: a full disk stops trading before the next order");
  }
  pass("disk", session_.workspace().root + " is writable, " + free);
}

bool Doctor::keys() {
  Result<AlpacaLink*> link = session_.alpaca();
  if (!link.ok()) {
    fail("keys", link.error(),
         "export APCA_API_KEY_ID and APCA_API_SECRET_KEY, or set alpaca.key_id and alpaca.secret");
    return false;
  }
  link_ = link.value();
  pass("keys", "key id and secret are set");
  return true;
}

/// The clock needs no permission: who answers it is there and speaks TLS that we trust.
bool Doctor::network() {
  const std::string where = session_.settings().alpaca.trading_endpoint;
  Result<alpaca::MarketClock> clock = link_->trading().clock();
  if (!clock.ok()) {
    const bool refused = clock.error().code == ErrorCode::kBrokerRefused;
    fail(refused ? "keys" : "network", clock.error(),
         refused ? "take the keys of the same environment (paper or live) from Alpaca's page"
                 : "check alpaca.trading_endpoint and the network");
    return false;
  }
  broker_clock_ = clock.value();
  pass("network", where + " answers" + (link_->endpoints().is_live() ? " (real money)" : ""));
  return true;
}

void Doctor::clock() {
  if (broker_clock_->simulated) return pass("clock", "the exchange has a simulated clock");
  const std::int64_t ours = session_.doors().clock.now().micros();
  const std::int64_t skew = std::abs(ours - broker_clock_->timestamp.micros()) / 1'000'000;
  const std::int64_t most = session_.settings().alpaca.clock_skew_max_seconds;
  const std::string found = "ours and the broker's differ by " + std::to_string(skew) +
                            " s, allowed are " + std::to_string(most);
  if (skew > most) return fail("clock", found, "let this machine's time be set by NTP", 6);
  pass("clock", found + (broker_clock_->is_open ? "; the market is open" : "; it is closed"));
}

bool Doctor::account() {
  Result<alpaca::Account> answer = link_->trading().account();
  if (!answer.ok()) {
    fail("account", answer.error(), "check the keys and alpaca.trading_endpoint");
    return false;
  }
  const alpaca::Account& account = answer.value();
  const std::string& wanted = session_.settings().alpaca.account_id;
  if (!wanted.empty() && wanted != account.id && wanted != account.number) {
    fail("account", "the keys are of account " + account.number + ", not of " + wanted,
         "use that account's keys, or change alpaca.account_id", 2);
    return false;
  }
  pass("account", account.number + ", equity " + account.equity.text() + " USD, cash " +
                      account.cash.text() + " USD, buying power " +
                      (account.buying_power ? account.buying_power->text() : "unknown") + " USD");
  check_permissions(account);
  return true;
}

void Doctor::check_permissions(const alpaca::Account& account) {
  if (account.trading_blocked || account.account_blocked || account.trade_suspended_by_user ||
      account.status != "ACTIVE") {
    return fail("permissions", "status " + account.status + ", trading is blocked",
                "ask Alpaca, or end the suspension in the account's configuration", 5);
  }
  if (session_.settings().weights.allow_short && !account.shorting_enabled) {
    return warn("permissions", "trading is allowed, short selling is not",
                "weights.allow_short needs a margin account with 2,000 USD");
  }
  pass("permissions",
       std::string("trading is allowed") + (account.shorting_enabled ? ", short selling too" : ""));
}

/// Ours decides when to run, the broker's when orders are taken: they must say the same.
void Doctor::calendar() {
  constexpr int kDays = 30;
  const TradeDate first = calendar::new_york_date(broker_clock_->timestamp);
  const Result<std::vector<alpaca::CalendarDay>> theirs =
      link_->trading().calendar(first, first.plus_days(kDays));
  if (!theirs.ok()) return fail("calendar", theirs.error(), "run doctor again");
  for (int day = 0; day <= kDays; ++day) {
    const TradeDate date = first.plus_days(day);
    const Result<bool> ours = calendar::is_session(date);
    const bool listed =
        std::any_of(theirs.value().begin(), theirs.value().end(),
                    [&](const alpaca::CalendarDay& row) { return row.date == date; });
    if (!ours.ok() || ours.value() == listed) continue;
    if (broker_clock_->simulated || broker_clock_->is_open) {
      return warn("calendar", date.iso() + " is a trading day for one of us only",
                  "right for an exchange that is always open; else update signalbus");
    }
    return fail("calendar", date.iso() + " is a trading day for one of us only",
                "do not trade around that day; update signalbus", 6);
  }
  pass("calendar", "the next " + std::to_string(kDays) + " days are the same here and there");
}

void Doctor::market_data() {
  const std::vector<std::string> symbols = {"AAPL", "SPY"};
  const auto snapshots = link_->data().snapshots(symbols);
  const std::string feed = session_.settings().alpaca.data_feed;
  if (!snapshots.ok()) {
    return fail("market data", snapshots.error(),
                "check alpaca.data_endpoint and alpaca.data_feed (iex needs no subscription)");
  }
  if (snapshots.value().empty()) {
    return warn("market data", "feed " + feed + " has neither AAPL nor SPY",
                "right for an exchange of your own; else check alpaca.data_feed");
  }
  pass("market data", "feed " + feed + " answers");
}

}  // namespace

std::vector<Check> run_checks(Session& session) { return Doctor(session).examine(); }

}  // namespace signalbus::app
