// The head of the page: whose book, of which days, can it be trusted; and the numbers of the first glance.
import { type Child, button, h, hidden } from "../dom";
import { download } from "../csv";
import { fileName } from "../card";
import { count, counted, day, inUnit, longDay, number, percent, tone, usd } from "../format";
import { themeButton } from "../theme";
import { term } from "../tooltip";
import type { DashboardView, Level } from "../view";

const MODES: Record<string, string> = {
  live: "Live: real money",
  paper: "Paper trading",
  sim: "Simulated exchange",
  dry: "Dry run: nothing is sent",
};

function badge(kind: string, mark: string, text: string, target?: string): HTMLElement {
  const content = [h("span", { class: "mark", "aria-hidden": "true" }, mark), text];
  return target
    ? h("a", { class: `badge ${kind}`, href: target }, ...content)
    : h("span", { class: `badge ${kind}` }, ...content);
}

function worst(levels: Level[]): Level {
  for (const level of ["critical", "warn", "unknown"] as const) if (levels.includes(level)) return level;
  return "ok";
}

function badges(view: DashboardView): HTMLElement {
  const { header } = view;
  const open = view.alerts.filter((alert) => alert.level !== "ok");
  const level = worst(open.map((alert) => alert.level));
  return h(
    "div",
    { class: "badges" },
    badge(header.mode === "live" ? "mode live" : "mode", "\u25cf", MODES[header.mode] ?? header.mode),
    header.sessions === 0
      ? badge("off", "\u2013", `Reconciliation: ${header.reconciliation || "no day yet"}`, "#reconciliation")
      : header.reconciled
        ? badge("good", "\u2713", `Reconciled: ${header.reconciliation}`, "#reconciliation")
        : badge("bad", "\u2715", `Not reconciled: ${header.reconciliation}`, "#reconciliation"),
    open.length > 0
      ? badge(level === "critical" ? "bad" : "warn", "!", `${counted(open.length, "open alert")}, worst ${level}`, "#alerts")
      : badge(view.risk.length > 0 ? "good" : "off", view.risk.length > 0 ? "\u2713" : "\u2013", "No open alert", "#alerts"),
  );
}

/** "0.1.0" -> "signalbus 0.1.0". */
const programName = (build: string) => (build.startsWith("signalbus") ? build : `signalbus ${build}`.trim());

function facts(view: DashboardView): HTMLElement {
  const { header } = view;
  const pair = (name: string, ...value: Child[]) => h("div", {}, h("dt", {}, name), h("dd", {}, ...value));
  return h(
    "dl",
    { class: "facts" },
    header.sessions > 0 && pair("Days", `${day(header.first)} \u2013 ${day(header.last)}, ${counted(header.sessions, "session")}`),
    header.strategies.length > 0 && pair(header.strategies.length === 1 ? "Strategy" : "Strategies", header.strategies.join(", ")),
    pair("Benchmark", header.benchmark || `none: ${header.benchmark_reason || "not set"}`),
    pair("Risk-free rate", `${percent(header.rf_annual)} a year`),
    header.time_zone !== "" && pair("Dates of", header.time_zone),
    header.data_hash !== "" &&
      pair("Data", term(header.data_hash.slice(0, 12), [
        ["SHA-256", header.data_hash],
        ["", "Two reports with the same hash were made of the same inputs."],
      ])),
    header.made_at !== "" && pair("Made", `${header.made_at.replace("T", " ").replace("Z", " UTC")}`),
    header.build !== "" && pair("By", programName(header.build)),
  );
}

function tile(label: Child, value: string, kind: string, under: Child[]): HTMLElement {
  return h(
    "div",
    { class: "tile" },
    h("div", { class: "tile-label" }, label),
    h("div", { class: `tile-value ${kind}` }, value),
    h("div", { class: "tile-under" }, ...under),
  );
}

/** A tile of a metric, with all that its row in the table says. */
function metricTile(view: DashboardView, id: string, label: string, signed: boolean): HTMLElement | null {
  const metric = view.metrics.find((row) => row.id === id);
  if (!metric) return null;
  const text = (value: number | null) => inUnit(value, metric.unit, { signed });
  const about = term(label, [
    ["", metric.title],
    ["Formula", metric.formula],
    ["", metric.convention],
    ["Sample", counted(metric.n_used, "return")],
    ["n/a:", metric.reason],
    ["Weak:", metric.weak],
  ]);
  const kind = metric.weak !== "" ? "weak" : signed ? tone(metric.value) : "";
  const under = metric.benchmark === null ? (metric.value === null ? metric.reason : "") : `benchmark ${text(metric.benchmark)}`;
  return tile(about, text(metric.value), kind, [under || "\u00a0"]);
}

/** How far below its highest value the portfolio is now. */
function drawdownTile(view: DashboardView): HTMLElement {
  const { drawdown, benchmark_drawdown: theirs } = view.series;
  const now = drawdown.at(-1) ?? null;
  const under = theirs.length > 0 ? `benchmark ${percent(theirs.at(-1))}` : "\u00a0";
  return tile("Drawdown now", percent(now), tone(now), [under]);
}

function tiles(view: DashboardView): HTMLElement {
  const { today, header } = view;
  const period = today.period.toLowerCase();
  const hasDay = header.sessions > 0;
  const year = view.periods.find((row) => row.label === "Year to date");
  const against = (value: number | null) => (value === null ? "\u00a0" : `benchmark ${percent(value, { signed: true })}`);
  return h(
    "div",
    { class: "tiles" },
    hasDay && tile("Equity, USD", usd(today.equity_after), "", [`cash ${usd(view.exposure.cash)}`]),
    hasDay && tile(`Profit, ${period}, USD`, usd(today.profit, { signed: true }), tone(today.profit), [
      Number(today.flow) === 0 ? "no deposit or withdrawal" : `beside a flow of ${usd(today.flow, { signed: true })}`,
    ]),
    hasDay && tile(`Return, ${period}`, percent(today.day_return, { signed: true }), tone(today.day_return), [
      header.benchmark === "" ? "\u00a0" : against(today.benchmark_return),
    ]),
    year && tile("Year to date", percent(year.value, { signed: true }), tone(year.value), [against(year.benchmark)]),
    metricTile(view, "total_return", "Since inception", true),
    metricTile(view, "cagr", "Growth per year", true),
    metricTile(view, "volatility", "Volatility", false),
    metricTile(view, "sharpe", "Sharpe ratio", false),
    metricTile(view, "max_drawdown_from_start", "Maximum drawdown", false),
    hasDay && drawdownTile(view),
  );
}

export function header(view: DashboardView, json: string): HTMLElement {
  const { header: head } = view;
  const save = button("JSON", () => download(fileName("report", "json"), "application/json", json), {
    "aria-label": "Save all numbers as JSON",
  });
  return h(
    "header",
    { class: "head" },
    h(
      "div",
      { class: "head-top" },
      h(
        "div",
        { class: "names" },
        h("p", { class: "kind" }, head.title, head.sessions > 0 ? ` \u00b7 ${longDay(head.last)}` : ""),
        h("h1", {}, head.account || "Account"),
      ),
      h("div", { class: "tools" }, themeButton(), button("Print", () => print()), save),
    ),
    badges(view),
    head.notes.length > 0 && h("ul", { class: "notes" }, ...head.notes.map((note) => h("li", {}, note))),
    tiles(view),
    facts(view),
  );
}

export function navigation(sections: readonly { id: string; title: string }[]): HTMLElement {
  return h(
    "nav",
    { "aria-label": "Sections" },
    h("ul", {}, ...sections.map((one) => h("li", {}, h("a", { href: `#${one.id}` }, one.title)))),
  );
}

export function footer(view: DashboardView): HTMLElement {
  const { header: head } = view;
  return h(
    "footer",
    {},
    h("p", {}, `${programName(head.build)} \u00b7 ${count(view.metrics.length)} metrics \u00b7 losses are negative \u00b7 `,
      `amounts in USD \u00b7 risk-free rate ${number((head.rf_annual ?? 0) * 100)}\u202f% a year`,
      hidden(". End of the report."),
    ),
  );
}
