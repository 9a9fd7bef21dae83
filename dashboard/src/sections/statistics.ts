// Rolling measures and the distribution of daily returns.
import uPlot from "uplot";
import { type Cell, csv } from "../csv";
import { card, empty, section } from "../card";
import { Chart } from "../chart";
import { h, styled } from "../dom";
import { count, number, percent } from "../format";
import { isPrinting, onRedraw, plotWidth } from "../plots";
import { color } from "../theme";
import { numberTick, percentTick } from "../ticks";
import type { TimeRange } from "../time_range";
import type { DashboardView } from "../view";

type Kind = "sharpe" | "volatility" | "beta";
const TITLES: Record<Kind, string> = { sharpe: "Rolling Sharpe ratio", volatility: "Rolling volatility", beta: "Rolling beta" };

function rolling(view: DashboardView, range: TimeRange, kind: Kind): HTMLElement {
  const values = view.rolling[kind];
  const { window } = view.rolling;
  const options = { title: TITLES[kind], span: 4 as const };
  if (kind === "beta" && view.header.benchmark === "") {
    return card(options, empty(`No benchmark: ${view.header.benchmark_reason || "none is set"}.`));
  }
  if (!values.some((value) => value !== null)) {
    const need = window === 0 ? "No return yet." : `Needs ${count(window)} returns; there are ${count(view.header.sessions)}.`;
    return card(options, empty(need));
  }
  const chart = new Chart(range, {
    name: options.title,
    lines: [{ label: kind === "volatility" ? "Per year" : kind === "beta" ? "Beta" : "Sharpe", values, color: "ours" }],
    format: (value) => (kind === "volatility" ? percent(value, { decimals: 1 }) : number(value)),
    tick: kind === "volatility" ? percentTick(false) : numberTick,
    height: 190,
    ...(kind !== "volatility" && { level: kind === "beta" ? 1 : 0 }),
  });
  const save = () => csv(["date", kind], view.series.dates.map((date, i): Cell[] => [date, values[i] ?? null]));
  return card({ ...options, note: `Of the last ${count(window)} returns.`, csv: save }, chart.element);
}

/** The bell curve of the same mean and deviation, in counts of a bin. */
function bell(view: DashboardView, at: number, width: number): number | null {
  const { mean, stdev, counts } = view.distribution;
  if (mean === null || !stdev) return null;
  const total = counts.reduce((sum, one) => sum + one, 0);
  return ((total * width) / (stdev * Math.sqrt(2 * Math.PI))) * Math.exp(-0.5 * ((at - mean) / stdev) ** 2);
}

function histogram(view: DashboardView): HTMLElement {
  const { edges, counts, mean, stdev, var_95, cvar_95 } = view.distribution;
  const options = { title: "Daily returns" };
  if (counts.length === 0) return card(options, empty("No return yet."));
  const bounds = edges.map((edge) => edge ?? 0);
  const middles = counts.map((_, i) => (bounds[i]! + bounds[i + 1]!) / 2);
  const plot = h("div", { class: "plot", role: "img", "aria-label": "Histogram of daily returns; the table beside it has its numbers" });
  styled(plot, { "--height": "260px" });
  const readout = h("div", { class: "readout" });
  const say = (i: number | null | undefined) => {
    const told =
      i === null || i === undefined
        ? `${count(counts.reduce((sum, one) => sum + one, 0))} returns`
        : `${percent(bounds[i]!, { signed: true })} to ${percent(bounds[i + 1]!, { signed: true })}: ${count(counts[i]!)} days`;
    readout.replaceChildren(h("span", { class: "when" }, told), key("theirs", "Normal distribution"), key("neg", "VaR 95 %, expected shortfall"));
  };
  say(null);
  let drawn: uPlot | null = null;
  const draw = () => {
    if (plot.clientWidth === 0) return;
    drawn?.destroy();
    drawn = new uPlot(barOptions(plotWidth(plot), bounds[1]! - bounds[0]!, [var_95, cvar_95], say), [middles, counts, middles.map((at) => bell(view, at, bounds[1]! - bounds[0]!))], plot);
  };
  onRedraw(draw);
  new ResizeObserver(() => !isPrinting() && draw()).observe(plot);
  const figures: [string, number | null][] = [["Mean", mean], ["Standard deviation", stdev], ["VaR 95 %", var_95], ["Expected shortfall", cvar_95]];
  const save = () => csv(["from", "to", "days"], counts.map((days, i) => [bounds[i]!, bounds[i + 1]!, days]));
  return card(
    { ...options, csv: save },
    readout,
    plot,
    h("dl", { class: "figures" }, ...figures.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, percent(value, { decimals: 3, signed: name !== "Standard deviation" }))))),
  );
}

function key(name: string, text: string): HTMLElement {
  return h("span", { class: "key" }, styled(h("i", { "aria-hidden": "true" }), { "--key": `var(--${name})` }), text);
}

function barOptions(width: number, bin: number, marks: (number | null)[], say: (index: number | null | undefined) => void): uPlot.Options {
  const axis = { stroke: color("muted"), font: "11px system-ui, sans-serif", ticks: { show: false } };
  return {
    width,
    height: 260,
    legend: { show: false },
    padding: [8, 24, 0, 0],
    cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
    scales: { x: { time: false, range: (_, low, high) => [low - bin / 2, high + bin / 2] }, y: { range: (_, _low, high) => [0, (high || 1) * 1.05] } },
    axes: [
      { ...axis, grid: { show: false }, space: 84, values: (_, splits) => splits.map((value) => percentTick(true)(value, splits[1]! - splits[0]!)) },
      { ...axis, grid: { stroke: color("line"), width: 1 }, size: 62, values: (_, splits) => splits.map((value) => count(value)) },
    ],
    series: [
      {},
      { stroke: color("ours"), fill: color("ours-soft"), width: 1, paths: uPlot.paths.bars!({ size: [0.94, 1000] }), points: { show: false } },
      { stroke: color("theirs"), width: 1.25, paths: uPlot.paths.spline!(), points: { show: false } },
    ],
    hooks: {
      setCursor: [(plot) => say((plot.cursor.left ?? -1) < 0 ? null : plot.cursor.idx)],
      draw: [(plot) => drawMarks(plot, marks)],
    },
  };
}

function drawMarks(plot: uPlot, marks: (number | null)[]): void {
  const { ctx, bbox } = plot;
  ctx.strokeStyle = color("neg");
  ctx.lineWidth = devicePixelRatio * 1.5;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const mark of marks) {
    if (mark === null) continue;
    const x = Math.round(plot.valToPos(mark, "x", true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

export function rollingMeasures(view: DashboardView, range: TimeRange): HTMLElement {
  return section("rolling", "Rolling measures", "", rolling(view, range, "sharpe"), rolling(view, range, "volatility"), rolling(view, range, "beta"));
}

export function distribution(view: DashboardView): HTMLElement {
  return section("distribution", "Distribution", "", histogram(view));
}
