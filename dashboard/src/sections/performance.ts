// The equity curve with its benchmark, and the times under water.
import { type Cell, csv } from "../csv";
import { card, empty, section } from "../card";
import { Chart, type Line, redrawCharts } from "../chart";
import { button, type Child, choice, h } from "../dom";
import { count, day, number, percent } from "../format";
import { type Column, table, tableCsv } from "../table";
import type { TimeRange } from "../time_range";
import type { DashboardView, Drawdown } from "../view";

const RANGES: { label: string; title: string; months: number | "year" | null }[] = [
  { label: "1M", title: "One month", months: 1 },
  { label: "3M", title: "Three months", months: 3 },
  { label: "6M", title: "Six months", months: 6 },
  { label: "YTD", title: "Since the beginning of the year", months: "year" },
  { label: "1Y", title: "One year", months: 12 },
  { label: "3Y", title: "Three years", months: 36 },
  { label: "5Y", title: "Five years", months: 60 },
  { label: "All", title: "All days", months: null },
];

/** Buttons for the days that all charts of days show. */
function rangeButtons(range: TimeRange): HTMLElement {
  const all = RANGES.length - 1;
  let pressing = false;
  const buttons = choice("Days shown in all charts", RANGES, all, (index) => {
    const { months } = RANGES[index]!;
    pressing = true;
    if (months === null) range.reset();
    else range.showLast(months);
    pressing = false;
  });
  range.listen({ range: () => !pressing && buttons.press(range.isWhole() ? all : -1) });
  return buttons.element;
}

/** The daily series, as CSV for those who want to go on with it. */
function seriesCsv(view: DashboardView): string {
  const { dates, ...columns } = view.series;
  const filled = Object.entries(columns).filter(([, values]) => values.length > 0);
  const rows: Cell[][] = dates.map((date, i) => [date, ...filled.map(([, values]) => values[i] ?? null)]);
  return csv(["date", ...filled.map(([name]) => name)], rows);
}

function linesOf(view: DashboardView, ours: (number | null)[], theirs: (number | null)[], fill: boolean): Line[] {
  const lines: Line[] = [{ label: "Portfolio", values: ours, color: fill ? "under" : "ours", width: 1.75, fill }];
  if (theirs.length > 0) {
    lines.push({ label: view.header.benchmark || "Benchmark", values: theirs, color: "theirs", width: 1.25 });
  }
  return lines;
}

function equity(view: DashboardView, range: TimeRange): HTMLElement {
  const { series } = view;
  const options = { title: "Growth" };
  if (series.dates.length < 2) return card(options, empty("Needs two days."));
  let logarithmic = false;
  const scale = choice("Scale", [{ label: "Linear" }, { label: "Log" }], 0, (index) => {
    logarithmic = index === 1;
    redrawCharts();
  });
  const chart = new Chart(range, {
    name: "Growth",
    lines: linesOf(view, series.growth, series.benchmark_growth, false),
    format: (value) => percent(value, { signed: true }),
    tick: (value) => percent(value, { signed: true, decimals: 0 }),
    height: 320,
    rebase: true,
    level: 0,
    logarithmic: () => logarithmic,
  });
  const dollars = new Chart(range, {
    name: "Equity in USD",
    lines: [{ label: "Equity, USD", values: series.equity, color: "ours", width: 1.75 }],
    format: (value) => number(value),
    tick: compact,
    height: 320,
  });
  dollars.element.hidden = true;
  const measure = choice("Measure", [{ label: "Return" }, { label: "USD" }], 0, (index) => {
    chart.element.hidden = index === 1;
    dollars.element.hidden = index === 0;
    scale.element.hidden = index === 1;
  });
  const note = "Time-weighted return since the first day shown. Drag to zoom, double-click for all days.";
  return card(
    { ...options, note, tools: [measure.element, scale.element], csv: () => seriesCsv(view) },
    chart.element,
    dollars.element,
  );
}

/** 1250000 -> "1.25M". */
function compact(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${number(value / 1e9)}B`;
  if (size >= 1e6) return `${number(value / 1e6)}M`;
  return size >= 1e4 ? `${number(value / 1e3, { decimals: 0 })}k` : number(value, { decimals: 0 });
}

function underwater(view: DashboardView, range: TimeRange): HTMLElement {
  const { series } = view;
  const options = { title: "Under water", span: 6 as const };
  if (series.dates.length < 2) return card(options, empty("Needs two days."));
  const chart = new Chart(range, {
    name: "Drawdown",
    lines: linesOf(view, series.drawdown, series.benchmark_drawdown, true),
    format: (value) => percent(value),
    tick: (value) => percent(value, { decimals: 0 }),
    height: 300,
    level: 0,
  });
  const note = "Below the highest value since the beginning, which counts as one.";
  return card({ ...options, note, csv: () => seriesCsv(view) }, chart.element);
}

function drawdowns(view: DashboardView, range: TimeRange): HTMLElement {
  const rows = view.drawdowns;
  const options = { title: "Deepest drawdowns", span: 6 as const };
  if (rows.length === 0) return card(options, empty("The portfolio was never below its highest value."));
  const last = view.header.last;
  const show = (row: Drawdown): Child =>
    button("Show", () => {
      range.show(range.indexAt(Date.parse(row.peak || view.header.first) / 1000), range.indexAt(Date.parse(row.recovery || last) / 1000));
      document.getElementById("performance")?.scrollIntoView();
    }, { class: "quiet", "aria-label": `Show the drawdown to ${day(row.valley)} in the charts` });
  const columns: Column<Drawdown>[] = [
    { label: "Depth", value: (row) => row.depth, cell: (row) => percent(row.depth), tone: () => "neg" },
    { label: "Peak", text: true, value: (row) => row.peak, cell: (row) => (row.peak ? day(row.peak) : "the start") },
    { label: "Valley", text: true, value: (row) => row.valley, cell: (row) => day(row.valley) },
    {
      label: "Recovered",
      text: true,
      value: (row) => row.recovery,
      cell: (row) => (row.recovery ? day(row.recovery) : h("b", {}, "not yet")),
    },
    { label: "Sessions", value: (row) => row.sessions, cell: (row) => count(row.sessions) },
    { label: "Days", value: (row) => row.days, cell: (row) => count(row.days) },
    { label: "", picture: true, value: () => null, cell: show },
  ];
  return card({ ...options, csv: () => tableCsv({ columns, rows }) }, table({ name: options.title, columns, rows }));
}

export function performance(view: DashboardView, range: TimeRange): HTMLElement {
  const bar = view.series.dates.length > 1 && h("div", { class: "range span-12" }, h("span", {}, "Days shown"), rangeButtons(range));
  return section("performance", "Performance", "", bar, equity(view, range), underwater(view, range), drawdowns(view, range));
}
