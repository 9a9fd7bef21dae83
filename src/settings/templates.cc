#include "settings/templates.h"

namespace signalbus::settings {

std::string_view config_template() {
  return R"(# What signalbus does, and what it must never do. `signalbus config show` explains every key;
# docs/configuration.md lists them all. Paths start at the workspace (the folder above config/).

mapping:                                  # from the asset ids of your files to symbols; remove the
                                          # block when your files use symbols such as AAPL
  file: ./data/mapping/tic_gvkey_mapping_2025.csv
  id_column: gvkey
  symbol_column: tic

alpaca:                                   # only modes paper and live read this
  key_id: "${APCA_API_KEY_ID}"            # secrets come from the environment, never from here
  secret: "${APCA_API_SECRET_KEY}"
  trading_endpoint: https://paper-api.alpaca.markets
  data_endpoint: https://data.alpaca.markets
  environment: paper

scheduler:
  time: "09:00"                           # New York
  m1:                                     # which weights to trade
    mode: select                          # or blend, with blend: {my_strategy: 0.6, other: 0.4}
    pick: my_strategy                     # an id of strategy_manifest.yaml
  m2:                                     # what to trade to get there
    equity: 100000                        # USD
    fetch_real_prices: false              # false: prices from a file, no account needed
    price_source: file
    prices: ./data/prices/prices.csv      # symbol,price
  m4:                                     # trade it
    mode: dry                             # dry touches no broker; then sim, paper, live
    run: true
  m5:                                     # prove it
    source: logs
    run: true
  m6:                                     # tell how it goes: data/outputs/summary_dashboard.html
    run: true

execution:
  out_orders: ./data/outputs/planned_orders.csv
  out_plan: ./data/outputs/rebalance_plan.csv
  time_in_force: DAY
  quantity_decimals: 4                    # 0 for whole shares
  min_order_notional: 1.00                # USD; smaller orders are skipped

weights:
  allow_short: false
  allow_cash: false                       # false: weights are scaled to sum exactly 1

risk:                                     # a limit that is absent is not checked
  max_share_per_order: 1000
  max_notional_per_order: 50000           # USD
  max_total_notional: 1000000             # USD, buys plus sells of one run
  price_tolerance_pct: 1.0                # percent points: 1 %
  min_cash_buffer_pct: 5%                 # of equity, never invested
  reject_if_price_missing: false          # false: skip the name; true: refuse the plan
  # More limits, all in docs/risk-controls.md; mode live asks for each of them by name.
  # max_position_notional: 100000         # USD in one name
  # max_daily_notional: 2000000           # USD that may leave in one day
  # max_daily_loss_pct: 3%                # of equity at the day's start; beyond, trading halts
  # max_drawdown_pct: 20%                 # of the highest equity; beyond, trading halts
  # max_vs_last_batch_factor: 5           # times the median of the last batches
)";
}

std::string_view manifest_template() {
  return R"(# Your strategies: each writes a file of target weights, newest date last or in any order.

strategies:
  - id: my_strategy                       # its name in commands, configuration and reports
    path: ./data/raw_signals/my_strategy.csv
    format: csv                           # or xlsx, parquet
    column_mapping:                       # column of the file: our name
      trade_date: trade_date
      gvkey: asset_id
      weights: target_weight
    max_age_days: 7                       # a signal older than this is not traded
)";
}

}  // namespace signalbus::settings
