// A chart of days: linked zoom and cursor, drawn with at most POINTS_MAX points, read out by pointer, touch and keyboard.
import uPlot from "uplot";
import { h, hidden, styled } from "./dom";
import { day, dayOfSeconds, longDay, monthName } from "./format";
import { sample, type Values } from "./sample";
import { color } from "./theme";
import type { TimeRange } from "./time_range";

export interface Line {
  label: string;
  values: Values;
  color: string;
  width?: number;
  dash?: number[];
  fill?: boolean;
}

export interface ChartOptions {
  name: string;
  lines: Line[];
  format: (value: number | null) => string;
  tick?: (value: number) => string;
  height?: number;
  /** Each line as what 1 became since the first day shown; the values are growth from 1. */
  rebase?: boolean;
  logarithmic?: () => boolean;
  /** A level that is always in sight and drawn as a line. */
  level?: number;
}

const charts: Chart[] = [];
let paperWidth: number | null = null;

/** Draws every chart anew: the colours or the medium changed. */
export function redrawCharts(width: number | null = paperWidth): void {
  paperWidth = width;
  for (const chart of charts) chart.draw();
}

export class Chart {
  readonly element: HTMLElement;
  private readonly canvas = h("div", { class: "plot" });
  private readonly readout = h("div", { class: "readout" });
  private readonly slider: HTMLElement;
  private plot: uPlot | null = null;
  private indices: number[] = [];
  private bases: number[] = [];

  constructor(
    private readonly range: TimeRange,
    private readonly options: ChartOptions,
  ) {
    this.slider = h(
      "div",
      {
        class: "chart",
        role: "slider",
        tabindex: 0,
        "aria-label": `${options.name}, by day; arrows move, plus and minus zoom, Escape shows all`,
        "aria-valuemin": 0,
        "aria-valuemax": Math.max(0, range.days.length - 1),
        keydown: (event) => this.key(event as KeyboardEvent),
      },
      this.canvas,
    );
    this.element = h("div", { class: "chart-box" }, this.readout, this.slider);
    styled(this.canvas, { "--height": `${options.height ?? 220}px` });
    charts.push(this);
    range.listen({ range: () => this.draw(), cursor: () => this.follow() });
    new ResizeObserver(() => this.resize()).observe(this.canvas);
  }

  /** The value that is drawn, as the reader reads it: growth since the first day shown where it is rebased. */
  private valueOf(line: number, index: number): number | null {
    const value = this.options.lines[line]!.values[index] ?? null;
    return value === null || !this.options.rebase ? value : value / this.bases[line]! - 1;
  }

  private width(): number {
    return paperWidth === null ? this.canvas.clientWidth : Math.min(this.canvas.clientWidth, paperWidth);
  }

  private resize(): void {
    if (paperWidth !== null) return;
    if (!this.plot) this.draw();
    else if (this.plot.width !== this.width()) this.plot.setSize({ width: this.width(), height: this.plot.height });
  }

  draw(): void {
    const { lines, rebase } = this.options;
    const { first, last } = this.range;
    if (this.width() === 0 || this.range.days.length === 0) return;
    this.bases = lines.map((line) => (rebase && first > 0 ? (line.values[first] ?? 1) : 1));
    this.indices = sample(lines.map((line) => line.values), first, last);
    const log = this.options.logarithmic?.() === true;
    const y = (line: number, index: number) => {
      const value = this.valueOf(line, index);
      return value === null || !log ? value : Math.log1p(value);
    };
    const data: uPlot.AlignedData = [
      this.indices.map((index) => this.range.times[index]!),
      ...lines.map((_, line) => this.indices.map((index) => y(line, index))),
    ];
    this.plot?.destroy();
    this.plot = new uPlot(this.uplotOptions(log), data, this.canvas);
    this.canvas.dataset["points"] = String(this.indices.length);
    this.follow();
  }

  private uplotOptions(log: boolean): uPlot.Options {
    const { options } = this;
    const tick = options.tick ?? options.format;
    const axis = { stroke: color("muted"), font: "11px system-ui, sans-serif", ticks: { show: false } };
    const grid = { stroke: color("line"), width: 1 };
    return {
      width: this.width(),
      height: options.height ?? 220,
      tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: {
        drag: { x: true, y: false, setScale: false, dist: 6 },
        points: { size: 7 },
        bind: { dblclick: () => () => (this.range.reset(), null) },
      },
      scales: { y: { range: (_, low, high) => this.scale(low, high, log) } },
      axes: [
        { ...axis, grid: { show: false }, values: (_, splits, _axis, _space, step) => timeLabels(splits, step) },
        {
          ...axis,
          grid,
          size: 62,
          ...(log && { splits: (_, _axis, low, high) => growthTicks(low, high) }),
          values: (_, splits) => splits.map((value) => tick(log ? Math.expm1(value) : value)),
        },
      ],
      series: [
        {},
        ...options.lines.map((line) => ({
          label: line.label,
          stroke: color(line.color),
          width: line.width ?? 1.5,
          points: { show: this.range.last - this.range.first < 12 },
          ...(line.dash && { dash: line.dash }),
          ...(line.fill && { fill: color(`${line.color}-soft`), fillTo: () => 0 }),
        })),
      ],
      hooks: {
        setCursor: [(plot) => this.pointed(plot)],
        setSelect: [(plot) => this.selected(plot)],
        drawClear: [(plot) => this.drawLevel(plot)],
        ready: [(plot) => this.listenToTouch(plot)],
      },
    };
  }

  private scale(low: number | null, high: number | null, log: boolean): [number, number] {
    const { level } = this.options;
    if (low === null || high === null) return [0, 1];
    if (level !== undefined && !log) [low, high] = [Math.min(low, level), Math.max(high, level)];
    const room = (high - low || Math.abs(high) || 1) * 0.06;
    return [low === level ? low : low - room, high === level ? high : high + room];
  }

  private drawLevel(plot: uPlot): void {
    const { level } = this.options;
    if (level === undefined || this.options.logarithmic?.()) return;
    const y = Math.round(plot.valToPos(level, "y", true)) + 0.5;
    const { ctx, bbox } = plot;
    if (y < bbox.top || y > bbox.top + bbox.height) return;
    ctx.strokeStyle = color("muted");
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }

  private pointed(plot: uPlot): void {
    const at = plot.cursor.idx;
    const inside = (plot.cursor.left ?? -1) >= 0;
    // Moving the cursor of a linked chart must not be taken for the reader's own.
    if (!plot.over.matches(":hover")) return;
    this.range.point(inside && at !== null && at !== undefined ? (this.indices[at] ?? null) : null);
  }

  private selected(plot: uPlot): void {
    if (plot.select.width < 6) return;
    const from = plot.posToVal(plot.select.left, "x");
    const to = plot.posToVal(plot.select.left + plot.select.width, "x");
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    const last = this.range.indexAt(to);
    this.range.show(this.range.indexAt(from), this.range.times[last]! > to ? last - 1 : last);
  }

  private listenToTouch(plot: uPlot): void {
    const move = (event: TouchEvent) => {
      const touch = event.touches[0];
      if (!touch) return;
      const time = plot.posToVal(touch.clientX - plot.over.getBoundingClientRect().left, "x");
      this.range.point(Math.max(this.range.first, Math.min(this.range.indexAt(time), this.range.last)));
    };
    plot.over.addEventListener("touchstart", move, { passive: true });
    plot.over.addEventListener("touchmove", move, { passive: true });
    plot.over.addEventListener("mouseleave", () => this.range.point(null));
  }

  /** Cursor, readout and the slider's value show the day that the range points at, else the last one. */
  private follow(): void {
    const { range, options } = this;
    const at = range.cursor ?? range.last;
    const values = options.lines.map((line, i) => `${line.label} ${options.format(this.valueOf(i, at))}`);
    const date = range.days[at];
    if (!date) return;
    this.readout.replaceChildren(
      h("span", { class: "when" }, longDay(date)),
      ...options.lines.map((line, i) =>
        h(
          "span",
          { class: "key" },
          styled(h("i", { "aria-hidden": "true" }), { "--key": `var(--${line.color})` }),
          `${line.label} `,
          h("b", {}, options.format(this.valueOf(i, at))),
        ),
      ),
      options.rebase ? hidden(` since ${day(range.days[range.first]!)}`) : null!,
    );
    this.slider.setAttribute("aria-valuenow", String(at));
    this.slider.setAttribute("aria-valuetext", `${day(date)}: ${values.join(", ")}`);
    if (!this.plot || this.plot.over.matches(":hover")) return;
    const left = range.cursor === null ? -10 : this.plot.valToPos(range.times[at]!, "x");
    this.plot.setCursor({ left, top: range.cursor === null ? -10 : 0 }, false);
  }

  private key(event: KeyboardEvent): void {
    const { range } = this;
    const at = range.cursor ?? range.last;
    const span = range.last - range.first;
    const move = (to: number) => range.point(Math.max(range.first, Math.min(to, range.last)));
    const zoom = (factor: number) => {
      const half = Math.max(2, Math.round((span * factor) / 2));
      range.show(at - half, at + half);
    };
    const actions: Record<string, () => void> = {
      ArrowLeft: () => move(at - 1),
      ArrowRight: () => move(at + 1),
      PageUp: () => move(at - 21),
      PageDown: () => move(at + 21),
      Home: () => move(range.first),
      End: () => move(range.last),
      "+": () => zoom(0.5),
      "-": () => zoom(2),
      Escape: () => (range.point(null), range.reset()),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }
}

/** Years, months or days, whatever the step between labels is. */
function timeLabels(splits: number[], step: number): string[] {
  const DAY = 86_400;
  return splits.map((time) => {
    const iso = dayOfSeconds(time);
    const month = Number(iso.slice(5, 7));
    if (step >= 360 * DAY) return iso.slice(0, 4);
    if (step >= 27 * DAY) return month === 1 ? iso.slice(0, 4) : monthName(month);
    return time % DAY === 0 ? `${Number(iso.slice(8, 10))} ${monthName(month)}` : "";
  });
}

/** Levels of growth that read well on a logarithmic scale. */
function growthTicks(low: number, high: number): number[] {
  const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2, 2.5, 3, 4, 5, 7, 10];
  levels.push(...[15, 20, 30, 50, 70, 100, 200, 500, 1000]);
  const room = (high - low) / 8;
  const ticks: number[] = [];
  for (const level of levels.map(Math.log)) {
    if (level >= low && level <= high && level - (ticks.at(-1) ?? -Infinity) >= room) ticks.push(level);
  }
  return ticks;
}
