// What is held and how concentrated it is; how far it is from its targets.
import { card, empty, section } from "../card";
import { Chart } from "../chart";
import { h } from "../dom";
import { count, heading, NONE, number, percent, tone, usd } from "../format";
import { type Column, table, tableCsv } from "../table";
import { percentTick } from "../ticks";
import type { TimeRange } from "../time_range";
import { term } from "../tooltip";
import type { DashboardView, Drift, Group } from "../view";
import { scaleOf, signedBar } from "./bars";

function figures(view: DashboardView): HTMLElement {
  const { exposure } = view;
  const pair = (name: string, about: string, value: string) =>
    h("div", {}, h("dt", {}, term(name, [["", about]])), h("dd", {}, value));
  return h(
    "dl",
    { class: "figures" },
    pair("Gross", "Long and short values without sign, as a fraction of equity.", percent(exposure.gross, { decimals: 1 })),
    pair("Net", "Long less short, as a fraction of equity.", percent(exposure.net, { decimals: 1 })),
    pair("Long", "Value of the long positions, as a fraction of equity.", percent(exposure.long_share, { decimals: 1 })),
    pair("Short", "Value of the short positions, as a fraction of equity.", percent(exposure.short_share, { decimals: 1 })),
    pair("Cash", `${usd(exposure.cash)} USD, as a fraction of equity.`, percent(exposure.cash_share, { decimals: 1 })),
    pair("Positions", "Names held long, names held short.", `${count(exposure.longs)} / ${count(exposure.shorts)}`),
    pair("Effective number", "1 / sum of squared weights: so many equal positions would be as concentrated.", number(exposure.effective_n, { decimals: 1 })),
    pair("Largest", "Share of the largest position in the gross value.", percent(exposure.top_1, { decimals: 1 })),
    pair("Top 5", "Share of the five largest in the gross value.", percent(exposure.top_5, { decimals: 1 })),
    pair("Top 10", "Share of the ten largest in the gross value.", percent(exposure.top_10, { decimals: 1 })),
  );
}

function sectors(view: DashboardView): HTMLElement {
  const rows = view.exposure.sectors;
  const options = { title: "Sectors", span: 6 as const };
  if (rows.length === 0) return card(options, empty("Nothing is held, or no sector is known."));
  const scale = scaleOf(rows.flatMap((row) => [row.gross, row.net]));
  const columns: Column<Group>[] = [
    { label: "Sector", text: true, value: (row) => row.label },
    { label: "Gross", value: (row) => row.gross, cell: (row) => percent(row.gross) },
    { label: "Net", value: (row) => row.net, cell: (row) => percent(row.net) },
    { label: "", picture: true, value: () => null, cell: (row) => signedBar(scale, row.net) },
  ];
  return card({ ...options, csv: () => tableCsv({ columns, rows }) }, table({ name: "Sectors", columns, rows }));
}

/** A value with what it means; without one, why. */
function measured(name: string, about: string, value: string | null, under: string): HTMLElement {
  return h(
    "div",
    {},
    h("dt", {}, term(name, [["", about]])),
    h("dd", {}, value ?? NONE, under !== "" && h("span", { class: "why" }, under)),
  );
}

function liquidity(view: DashboardView, held: boolean): HTMLElement {
  const title = "Liquidity and capacity";
  if (!held) return card({ title }, empty("Nothing is held."));
  const { liquidity } = view;
  const { days, capacity_usd, capacity_scale, largest_share } = liquidity;
  const largest = "Largest share of a name's volume of its day that the account's trades of that day were.";
  return card(
    { title },
    h(
      "dl",
      { class: "figures wide" },
      measured(
        "Days to liquidate",
        "|value| / (20 % of the mean value traded in the five sessions before), of the slowest name.",
        days === null ? null : number(days),
        days === null ? liquidity.reason : `${liquidity.slowest} takes longest`,
      ),
      measured(
        "Capacity, USD",
        "Equity at which the account's own trading would halve its Sharpe ratio: a trade costs a tenth of the square of its share of the day's volume.",
        capacity_usd === null ? null : usd(capacity_usd, { decimals: 0 }),
        capacity_usd === null ? liquidity.capacity_reason : `${number(capacity_scale, { decimals: 1 })} times the equity`,
      ),
      measured("Largest share of volume", largest, largest_share === null ? null : percent(largest_share), largest_share === null ? liquidity.capacity_reason : ""),
    ),
  );
}

function overTime(view: DashboardView, range: TimeRange): HTMLElement {
  const { gross, net, turnover } = view.series;
  const options = { title: "Exposure and turnover over time", span: 6 as const };
  if (view.series.dates.length < 2 || gross.length === 0) return card(options, empty("Needs two days."));
  const same = gross.every((value, i) => value === net[i]);
  const line = { label: same ? "Gross and net" : "Gross", values: gross, color: "ours" };
  const chart = new Chart(range, {
    name: "Gross and net exposure",
    lines: same ? [line] : [line, { label: "Net", values: net, color: "third", dash: [4, 3] }],
    format: (value) => percent(value, { decimals: 1 }),
    tick: percentTick(false),
    height: 140,
  });
  const traded =
    turnover.length > 0 &&
    new Chart(range, {
      name: "Turnover",
      lines: [{ label: "Turnover", values: turnover, color: "ours", width: 1 }],
      format: (value) => percent(value),
      tick: percentTick(false),
      height: 110,
      level: 0,
    });
  return card(options, chart.element, traded && traded.element);
}

function drift(view: DashboardView): HTMLElement {
  const rows = view.drift;
  const options = { title: "Drift from the targets" };
  if (rows.length === 0) return card(options, empty("No targets are known for this day, or nothing is held."));
  const scale = scaleOf(rows.map((row) => row.deviation));
  const columns: Column<Drift>[] = [
    { label: "Name", text: true, value: (row) => row.symbol },
    { label: "Target", value: (row) => row.target_weight, cell: (row) => percent(row.target_weight) },
    { label: "Held", value: (row) => row.actual_weight, cell: (row) => percent(row.actual_weight) },
    {
      label: "Deviation",
      value: (row) => row.deviation,
      cell: (row) => percent(row.deviation, { signed: true }),
      tone: (row) => tone(row.deviation),
    },
    { label: "", picture: true, value: () => null, cell: (row) => signedBar(scale, row.deviation) },
    { label: "Cause", text: true, value: (row) => row.cause, cell: (row) => (row.cause ? heading(row.cause) : "\u2013") },
  ];
  const largest = [...rows].sort((a, b) => Math.abs(b.deviation ?? 0) - Math.abs(a.deviation ?? 0));
  return card(
    { ...options, note: "Largest deviations first.", csv: () => tableCsv({ columns, rows }) },
    table({ name: options.title, columns, rows: largest, limit: 10 }),
  );
}

export function exposure(view: DashboardView, range: TimeRange): HTMLElement {
  const held = view.exposure.longs + view.exposure.shorts > 0 || Number(view.exposure.cash) !== 0;
  return section(
    "exposure",
    "Exposure",
    "",
    card({ title: "Book" }, held ? figures(view) : empty("Nothing is held.")),
    liquidity(view, held),
    sectors(view),
    overTime(view, range),
    drift(view),
  );
}
