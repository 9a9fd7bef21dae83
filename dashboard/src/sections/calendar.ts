// Returns by the calendar: a heat map of months, the years, and up to the last day.
import { csv } from "../csv";
import { card, empty, section } from "../card";
import { choice, h, hidden, styled } from "../dom";
import { monthName, percent, tone } from "../format";
import { type Column, table, tableCsv } from "../table";
import type { DashboardView, PeriodReturn, PeriodToDate } from "../view";
import { scaleOf, signedBar } from "./bars";

type Which = "value" | "benchmark";

/** Ten per cent in a month is as strong as the colour gets. */
const STRONGEST = 0.1;

function cell(period: PeriodReturn | undefined, which: Which, name: string): HTMLElement {
  const value = period?.[which] ?? null;
  if (!period || value === null) return h("td", { class: "blank" }, hidden("none"));
  const strength = Math.min(1, Math.abs(value) / STRONGEST) ** 0.7;
  const content = h("td", { class: `heat ${tone(value)}`, title: `${name}: ${percent(value, { signed: true })}` },
    percent(value, { signed: true, decimals: 1 }).replace(/\u202f%$/, ""),
    period.partial && h("sup", {}, "*", hidden(" not whole")),
  );
  return styled(content, { "--strength": `${Math.round(strength * 62)}%` });
}

function heatMap(view: DashboardView, which: Which): HTMLElement {
  const months = new Map(view.months.map((month) => [month.year * 100 + month.part, month]));
  const years = [...new Set(view.months.map((month) => month.year))].sort((a, b) => b - a);
  const rows = years.map((year) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, String(year)),
      ...Array.from({ length: 12 }, (_, i) => cell(months.get(year * 100 + i + 1), which, `${monthName(i + 1)} ${year}`)),
      yearCell(view.years.find((one) => one.year === year), which),
    ),
  );
  const head = ["Year", ...Array.from({ length: 12 }, (_, i) => monthName(i + 1)), "Year, %"];
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Returns of months" },
    h(
      "table",
      { class: "heat-map" },
      h("caption", { class: "vh" }, "Returns of months in per cent"),
      h("thead", {}, h("tr", {}, ...head.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...rows),
    ),
  );
}

function yearCell(year: PeriodReturn | undefined, which: Which): HTMLElement {
  const value = year?.[which] ?? null;
  if (!year || value === null) return h("td", { class: "blank" }, hidden("none"));
  return h("td", { class: `whole ${tone(value)}` }, percent(value, { signed: true, decimals: 1 }).replace(/\u202f%$/, ""),
    year.partial && h("sup", {}, "*", hidden(" not whole")));
}

function months(view: DashboardView): HTMLElement {
  const options = { title: "Months" };
  if (view.months.length === 0) return card(options, empty("No month has a return yet."));
  const place = h("div", {}, heatMap(view, "value"));
  const hasBenchmark = view.months.some((month) => month.benchmark !== null);
  const which = choice("Whose returns", [{ label: "Portfolio" }, { label: "Benchmark" }], 0, (index) =>
    place.replaceChildren(heatMap(view, index === 0 ? "value" : "benchmark")),
  );
  const save = () =>
    csv(
      ["year", "month", "return", "benchmark", "partial"],
      [...view.months, ...view.years].map((one) => [one.year, one.part || null, one.value, one.benchmark, one.partial ? "yes" : "no"]),
    );
  const partial = [...view.months, ...view.years].some((one) => one.partial) ? " * Not all of its sessions are in the data." : "";
  return card({ ...options, note: `In per cent, compounded.${partial}`, tools: [hasBenchmark && which.element], csv: save }, place);
}

function years(view: DashboardView): HTMLElement {
  const rows = [...view.years].reverse();
  const options = { title: "Years", span: 6 as const };
  if (rows.length === 0) return card(options, empty("No year has a return yet."));
  const scale = scaleOf(rows.flatMap((row) => [row.value, row.benchmark]));
  const hasBenchmark = rows.some((row) => row.benchmark !== null);
  const signed = (value: number | null) => percent(value, { signed: true });
  const columns: Column<PeriodReturn>[] = [
    { label: "Year", text: true, value: (row) => row.year, cell: (row) => `${row.year}${row.partial ? " *" : ""}` },
    { label: "Portfolio", value: (row) => row.value, cell: (row) => signed(row.value), tone: (row) => tone(row.value) },
    { label: "", picture: true, value: () => null, cell: (row) => signedBar(scale, row.value) },
  ];
  if (hasBenchmark) {
    columns.push(
      { label: "Benchmark", value: (row) => row.benchmark, cell: (row) => signed(row.benchmark), tone: (row) => tone(row.benchmark) },
      { label: "", picture: true, value: () => null, cell: (row) => signedBar(scale, row.benchmark) },
    );
  }
  return card({ ...options, csv: () => tableCsv({ columns, rows }) }, table({ name: "Years", columns, rows, limit: 12 }));
}

function periods(view: DashboardView): HTMLElement {
  const rows = view.periods;
  const options = { title: "Up to the last day", span: 6 as const };
  if (rows.length === 0) return card(options, empty("No period has a return yet."));
  const shown = (value: number | null) => percent(value, { signed: true });
  const columns: Column<PeriodToDate>[] = [
    { label: "Period", text: true, value: (row) => row.label + (row.annualised ? ", per year" : "") },
    {
      label: "Portfolio",
      value: (row) => row.value,
      cell: (row) => (row.value === null ? h("span", { class: "why" }, row.reason || "n/a") : shown(row.value)),
      tone: (row) => tone(row.value),
    },
  ];
  if (view.header.benchmark !== "") {
    columns.push(
      { label: "Benchmark", value: (row) => row.benchmark, cell: (row) => shown(row.benchmark), tone: (row) => tone(row.benchmark) },
      { label: "Active", value: (row) => row.active, cell: (row) => shown(row.active), tone: (row) => tone(row.active) },
    );
  }
  return card({ ...options, csv: () => tableCsv({ columns, rows }) }, table({ name: options.title, columns, rows, fixedOrder: true }));
}

export function calendar(view: DashboardView): HTMLElement {
  return section("calendar", "Calendar", "", months(view), periods(view), years(view));
}
