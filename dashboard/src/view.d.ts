// Generated from schema.json by npm run types; do not edit.

export type Day = string;
/**
 * 0.01 is 1 %; null where there is no value.
 */
export type Fraction = number | null;
/**
 * USD, exact.
 */
export type Money = string;
/**
 * unknown: there was no value to compare.
 */
export type Level = "ok" | "warn" | "critical" | "unknown";

/**
 * What dashboard_json writes and the page draws; src/report/dashboard_view.h says more.
 */
export interface DashboardView {
  header: Header;
  today: Today;
  exposure: Exposure;
  liquidity: Liquidity;
  drift: Drift[];
  orders: Order[];
  costs_by_strategy: Cost[];
  costs_by_symbol: Cost[];
  series: Series;
  rolling: Rolling;
  drawdowns: Drawdown[];
  months: PeriodReturn[];
  years: PeriodReturn[];
  periods: PeriodToDate[];
  distribution: Distribution;
  metrics: Metric[];
  intervals: Interval[];
  attribution: Attribution[];
  brinson: Brinson;
  factors: Factors;
  names: Name[];
  reconciliation: Reconciliation[];
  alerts: Alert[];
  risk: Risk[];
  runs: Run[];
  files: File[];
}
/**
 * What the page is and of what data.
 */
export interface Header {
  title: string;
  account: string;
  mode: string;
  strategies: string[];
  first: Day;
  last: Day;
  sessions: number;
  time_zone: string;
  rf_annual: Fraction;
  benchmark: string;
  benchmark_reason: string;
  data_hash: string;
  build: string;
  made_at: string;
  reconciled: boolean;
  reconciliation: string;
  notes: string[];
}
/**
 * The days that the report is for, mostly the last one. The waterfall adds up to the profit.
 */
export interface Today {
  equity_before: Money;
  equity_after: Money;
  flow: Money;
  profit: Money;
  day_return: Fraction;
  benchmark_return: Fraction;
  waterfall: Amount[];
  unexplained: Money;
  breaks: string[];
  best: Amount[];
  worst: Amount[];
  period: string;
  since: Day | null;
}
/**
 * A step of the day's waterfall, or a part of an attribution.
 */
export interface Amount {
  label: string;
  usd: Money;
  contribution: Fraction;
}
/**
 * Of the last day; shares are fractions of equity.
 */
export interface Exposure {
  cash: Money;
  gross: Fraction;
  net: Fraction;
  long_share: Fraction;
  short_share: Fraction;
  cash_share: Fraction;
  effective_n: number | null;
  top_1: Fraction;
  top_5: Fraction;
  top_10: Fraction;
  longs: number;
  shorts: number;
  sectors: Group[];
}
/**
 * A sector; fractions of equity.
 */
export interface Group {
  label: string;
  gross: Fraction;
  net: Fraction;
}
/**
 * How fast the book could be sold, and how large it could be; null with its reason.
 */
export interface Liquidity {
  days: number | null;
  slowest: string;
  reason: string;
  capacity_usd: number | null;
  capacity_scale: number | null;
  capacity_reason: string;
  largest_share: Fraction;
}
/**
 * What is held, against its target.
 */
export interface Drift {
  symbol: string;
  target_weight: Fraction;
  actual_weight: Fraction;
  deviation: Fraction;
  cause: string;
}
/**
 * An order of the last day; quantity, filled and avg_price are exact text.
 */
export interface Order {
  id: string;
  symbol: string;
  side: string;
  quantity: string;
  filled: string;
  status: string;
  avg_price: string;
  slippage_bps: number | null;
  shortfall: Money;
  reason: string;
  delay: Money | null;
  fill_seconds: number | null;
}
/**
 * What trading cost over all the period.
 */
export interface Cost {
  label: string;
  orders: number;
  fill_rate: Fraction;
  traded: Money;
  shortfall: Money;
  shortfall_bps: number | null;
  slippage_bps: number | null;
  full_rate: Fraction;
  fill_seconds: number | null;
  delay: Money | null;
}
/**
 * Parallel to dates, or empty.
 */
export interface Series {
  dates: Day[];
  equity: (number | null)[];
  growth: (number | null)[];
  benchmark_growth: (number | null)[];
  returns: (number | null)[];
  benchmark_returns: (number | null)[];
  drawdown: (number | null)[];
  benchmark_drawdown: (number | null)[];
  gross: (number | null)[];
  net: (number | null)[];
  turnover: (number | null)[];
}
/**
 * Parallel to series.dates; null before the first full window.
 */
export interface Rolling {
  window: number;
  sharpe: (number | null)[];
  volatility: (number | null)[];
  beta: (number | null)[];
}
/**
 * One time under water.
 */
export interface Drawdown {
  /**
   * A date, empty, or start.
   */
  peak: string;
  /**
   * A date, empty, or start.
   */
  valley: string;
  /**
   * A date, empty, or start.
   */
  recovery: string;
  depth: Fraction;
  sessions: number;
  days: number;
}
/**
 * Of a month (part 1 to 12) or a year (part 0).
 */
export interface PeriodReturn {
  year: number;
  part: number;
  value: Fraction;
  benchmark: Fraction;
  partial: boolean;
}
/**
 * A return up to the last day.
 */
export interface PeriodToDate {
  label: string;
  value: Fraction;
  benchmark: Fraction;
  active: Fraction;
  annualised: boolean;
  reason: string;
}
/**
 * Of daily returns; edges has one more than counts, or both are empty.
 */
export interface Distribution {
  edges: (number | null)[];
  counts: number[];
  mean: Fraction;
  stdev: Fraction;
  var_95: Fraction;
  cvar_95: Fraction;
}
/**
 * A row of the metrics table.
 */
export interface Metric {
  id: string;
  title: string;
  group: string;
  unit: string;
  formula: string;
  convention: string;
  value: number | null;
  benchmark: number | null;
  active: number | null;
  n_used: number;
  reason: string;
  weak: string;
}
/**
 * 5 %, 50 % and 95 % of the bootstrap; metric is an id of metrics.
 */
export interface Interval {
  metric: string;
  low: number | null;
  median: number | null;
  high: number | null;
}
/**
 * Rows add up to the totals.
 */
export interface Attribution {
  by: string;
  rows: Amount[];
  total_usd: Money;
  total_contribution: Fraction;
}
/**
 * All effects add up to active; no rows and a reason where the benchmark's parts are not known.
 */
export interface Brinson {
  note: string;
  reason: string;
  rows: BrinsonRow[];
  active: Fraction;
}
/**
 * Effects of a sector, linked over the period.
 */
export interface BrinsonRow {
  sector: string;
  weight: Fraction;
  benchmark_weight: Fraction;
  allocation: Fraction;
  selection: Fraction;
  interaction: Fraction;
}
/**
 * All parts and specific add up to total; no rows and a reason where no factors are known.
 */
export interface Factors {
  note: string;
  reason: string;
  rows: FactorRow[];
  specific: Fraction;
  total: Fraction;
}
/**
 * What the exposure to a factor made, linked over the period.
 */
export interface FactorRow {
  factor: string;
  exposure: number | null;
  newest: number | null;
  tilt: Fraction;
  timing: Fraction;
  common: Fraction;
}
/**
 * A name that was held.
 */
export interface Name {
  symbol: string;
  sector: string;
  weight: Fraction;
  quantity: string;
  price: string;
  value: Money;
  day_pnl: Money;
  pnl: Money;
  realised: Money;
  unrealised: Money;
  contribution: Fraction;
}
/**
 * A day.
 */
export interface Reconciliation {
  date: Day;
  status: string;
  differences: number;
  identity_break: Money;
  /**
   * Relative to the page; empty: none.
   */
  link: string;
}
/**
 * level ok: resolved.
 */
export interface Alert {
  rule: string;
  scope: string;
  level: Level;
  since: Day;
  sentence: string;
  acknowledged: boolean;
}
/**
 * A measured value and what the rules say of it.
 */
export interface Risk {
  scope: string;
  metric: string;
  value: number | null;
  unit: string;
  window: string;
  n_used: number;
  reason: string;
  threshold_warn: number | null;
  threshold_critical: number | null;
  level: Level;
}
/**
 * A folder of data/runs.
 */
export interface Run {
  id: string;
  date: Day;
  mode: string;
  outcome: string;
  exit_code: number;
  /**
   * Relative to the page; empty: none.
   */
  link: string;
}
/**
 * A file beside the page.
 */
export interface File {
  label: string;
  /**
   * Relative to the page; empty: none.
   */
  link: string;
}
