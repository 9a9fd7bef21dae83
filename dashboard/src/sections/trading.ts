// Orders of the last day, and what trading cost over all the period.
import { card, empty, section } from "../card";
import { h } from "../dom";
import { count, duration, exact, inUnit, NONE, number, percent, tone, usd } from "../format";
import { type Column, table, tableCsv } from "../table";
import type { Cost, DashboardView, Order } from "../view";

const NO_DELAY = "Delay is n/a where no price of the moment of sending is recorded: the order was not sent, or prices come from a file.";
const delayOf = (amount: string | null, decimals = 2) => (amount === null ? NONE : usd(amount, { signed: true, decimals }));

const DONE = new Set(["FILLED", "SIMULATED"]);

function orders(view: DashboardView): HTMLElement {
  const rows = view.orders;
  const options = { title: `Orders, ${view.today.period.toLowerCase()}` };
  if (rows.length === 0) return card(options, empty("No order was sent."));
  const open = rows.filter((row) => !DONE.has(row.status)).length;
  const columns: Column<Order>[] = [
    { label: "Name", text: true, value: (row) => row.symbol },
    { label: "Side", text: true, whole: true, value: (row) => row.side },
    { label: "Quantity", value: (row) => row.quantity, cell: (row) => exact(row.quantity) },
    { label: "Filled", value: (row) => row.filled, cell: (row) => exact(row.filled) },
    { label: "Average price", value: (row) => row.avg_price, cell: (row) => (row.avg_price ? exact(row.avg_price, 2) : "\u2013") },
    {
      label: "Status",
      text: true,
      whole: true,
      value: (row) => row.status,
      cell: (row) => h("span", { class: DONE.has(row.status) ? "status" : "status off" }, row.status),
    },
    {
      label: "Slippage, bps",
      value: (row) => row.slippage_bps,
      cell: (row) => number(row.slippage_bps, { signed: true, decimals: 1 }),
      tone: (row) => tone(row.slippage_bps === null ? null : -row.slippage_bps),
    },
    {
      label: "Delay, USD",
      value: (row) => row.delay,
      cell: (row) => delayOf(row.delay),
      tone: (row) => tone(row.delay === null ? null : -Number(row.delay)),
    },
    {
      label: "Shortfall, USD",
      value: (row) => row.shortfall,
      cell: (row) => usd(row.shortfall, { signed: true }),
      tone: (row) => tone(-Number(row.shortfall)),
    },
    { label: "Time to fill", value: (row) => row.fill_seconds, cell: (row) => duration(row.fill_seconds) },
    { label: "Reason", text: true, value: (row) => row.reason },
    { label: "Order", text: true, whole: true, onScreen: true, value: (row) => row.id, cell: (row) => h("code", { class: "on-screen" }, row.id) },
  ];
  const note =
    `${count(rows.length)} orders, ${open === 0 ? "all filled" : `${count(open)} not filled whole`}. ` +
    "Slippage, delay and shortfall: positive is a cost; the shortfall contains the delay." +
    (rows.some((row) => row.delay === null) ? ` ${NO_DELAY}` : "");
  const first = [...rows].sort((a, b) => Number(DONE.has(a.status)) - Number(DONE.has(b.status)));
  return card(
    { ...options, note, csv: () => tableCsv({ columns, rows }) },
    table({ name: options.title, columns, rows: first, limit: 12 }),
  );
}

function costs(title: string, label: string, rows: Cost[]): HTMLElement {
  const options = { title };
  if (rows.length === 0) return card(options, empty("Nothing was traded in this period."));
  const bps = (value: number | null) => inUnit(value, "bps", { signed: true });
  const columns: Column<Cost>[] = [
    { label, text: true, value: (row) => row.label },
    { label: "Orders", value: (row) => row.orders, cell: (row) => count(row.orders) },
    { label: "Fill rate", value: (row) => row.fill_rate, cell: (row) => percent(row.fill_rate, { decimals: 1 }) },
    { label: "In full", value: (row) => row.full_rate, cell: (row) => percent(row.full_rate, { decimals: 1 }) },
    { label: "Time to fill", value: (row) => row.fill_seconds, cell: (row) => duration(row.fill_seconds) },
    { label: "Traded, USD", value: (row) => row.traded, cell: (row) => usd(row.traded, { decimals: 0 }) },
    { label: "Slippage", value: (row) => row.slippage_bps, cell: (row) => bps(row.slippage_bps) },
    { label: "Delay, USD", value: (row) => row.delay, cell: (row) => delayOf(row.delay, 0) },
    { label: "Shortfall", value: (row) => row.shortfall_bps, cell: (row) => bps(row.shortfall_bps) },
    { label: "Shortfall, USD", value: (row) => row.shortfall, cell: (row) => usd(row.shortfall, { signed: true, decimals: 0 }) },
  ];
  const note = "In full: orders filled whole. Time to fill: their median, from sending to the last execution.";
  return card({ ...options, note, csv: () => tableCsv({ columns, rows }) }, table({ name: title, columns, rows, limit: 8 }));
}

export function trading(view: DashboardView): HTMLElement {
  return section(
    "orders",
    "Orders and slippage",
    "",
    orders(view),
    costs("Costs by strategy", "Strategy", view.costs_by_strategy),
    costs("Costs by name", "Name", view.costs_by_symbol),
  );
}
