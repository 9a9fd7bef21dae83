// Every metric: the portfolio's, the benchmark's, the difference; with formula, convention and sample on each name.
import { csv } from "../csv";
import { card, empty, section } from "../card";
import { type Child, h } from "../dom";
import { count, counted, inUnit, NONE } from "../format";
import { term } from "../tooltip";
import type { DashboardView, Interval, Metric } from "../view";

const shown = (metric: Metric, value: number | null, signed = false) => inUnit(value, metric.unit, { signed });

function about(metric: Metric): HTMLElement {
  return term(metric.title, [
    ["Formula", metric.formula],
    ["", metric.convention],
    ["Sample", counted(metric.n_used, "return")],
    ["n/a:", metric.reason],
    ["Weak:", metric.weak],
    ["Name", metric.id],
  ]);
}

function row(metric: Metric, columns: number): HTMLElement {
  const value =
    metric.value === null
      ? h("td", { class: "num" }, NONE, metric.reason && h("span", { class: "why" }, metric.reason))
      : h("td", { class: "num" }, shown(metric, metric.value));
  const others = [
    h("td", { class: "num" }, metric.benchmark === null ? "\u2013" : shown(metric, metric.benchmark)),
    h("td", { class: "num" }, metric.active === null ? "\u2013" : shown(metric, metric.active, true)),
  ];
  return h(
    "tr",
    { class: metric.weak ? "weak" : null },
    h("th", { scope: "row", class: "text" }, about(metric)),
    value,
    ...others.slice(0, columns - 3),
    h("td", { class: "num sample" }, count(metric.n_used)),
  );
}

function group(view: DashboardView, title: string, metrics: Metric[]): HTMLElement {
  const hasBenchmark = metrics.some((metric) => metric.benchmark !== null);
  const names = ["Metric", "Portfolio", ...(hasBenchmark ? ["Benchmark", "Active"] : []), "n"];
  const head = names.map((name, i) => h("th", { scope: "col", class: i === 0 ? "text" : "num" }, name));
  const body = h("tbody", {}, ...metrics.map((metric) => row(metric, names.length)));
  body.addEventListener("keydown", (event) => roam(body, event));
  const terms = [...body.querySelectorAll<HTMLElement>(".term")];
  for (const one of terms.slice(1)) one.tabIndex = -1;
  const weak = metrics.find((metric) => metric.weak !== "")?.weak;
  return h(
    "div",
    { class: "metric-group" },
    h("h4", {}, title),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": `Metrics: ${title}` },
      h("table", {}, h("caption", { class: "vh" }, `${title}, against ${view.header.benchmark || "no benchmark"}`), h("thead", {}, h("tr", {}, ...head)), body),
    ),
    weak ? h("p", { class: "note" }, `Grey: ${weak}.`) : null,
  );
}

/** One stop of the tab key for each table; the arrows go from name to name. */
function roam(body: HTMLElement, event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const terms = [...body.querySelectorAll<HTMLElement>(".term")];
  const at = terms.indexOf(document.activeElement as HTMLElement);
  const next = terms[at + step];
  if (step === 0 || at < 0 || !next) return;
  event.preventDefault();
  terms[at]!.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function intervals(view: DashboardView): HTMLElement | null {
  if (view.intervals.length === 0) return null;
  const metricOf = (interval: Interval) => view.metrics.find((metric) => metric.id === interval.metric);
  const line = (interval: Interval) => {
    const metric = metricOf(interval);
    const text = (value: number | null) => inUnit(value, metric?.unit ?? "ratio");
    return h("tr", {}, h("th", { scope: "row", class: "text" }, metric?.title ?? interval.metric),
      ...[interval.low, interval.median, interval.high].map((value) => h("td", { class: "num" }, text(value))));
  };
  const head = ["Metric", "5 %", "Median", "95 %"].map((name, i) => h("th", { scope: "col", class: i === 0 ? "text" : "num" }, name));
  return h(
    "div",
    { class: "metric-group" },
    h("h4", {}, "How sure"),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Bootstrap intervals" },
      h("table", {}, h("caption", { class: "vh" }, "Bootstrap intervals"), h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...view.intervals.map(line)))),
    h("p", { class: "note" }, "Block bootstrap with a fixed seed: the same days in other orders and choices."),
  );
}

export function metrics(view: DashboardView): HTMLElement {
  const all = view.metrics;
  const hint = "Point at a name, or reach it with Tab and the arrows, for its formula, convention and sample. n: returns used.";
  const options = { title: "All metrics", note: hint };
  if (all.length === 0) return section("metrics", "Metrics", "", card({ title: "All metrics" }, empty("No return yet, so no metric.")));
  const groups = new Map<string, Metric[]>();
  for (const metric of all) groups.set(metric.group, [...(groups.get(metric.group) ?? []), metric]);
  const save = () =>
    csv(
      ["id", "title", "group", "unit", "value", "benchmark", "active", "n_used", "reason", "weak", "formula", "convention"],
      all.map((one) => [one.id, one.title, one.group, one.unit, one.value, one.benchmark, one.active, one.n_used, one.reason, one.weak, one.formula, one.convention]),
    );
  const tables: Child[] = [...groups].map(([title, rows]) => group(view, title, rows));
  return section("metrics", "Metrics", "", card({ ...options, csv: save }, h("div", { class: "metric-groups" }, ...tables, intervals(view))));
}
