// The last day: where its profit came from, and which names brought it.
import { card, empty, section } from "../card";
import { h } from "../dom";
import { day, longDay, percent, tone, usd } from "../format";
import { type Column, table, tableCsv } from "../table";
import type { Amount, DashboardView } from "../view";
import { bar, scaleOf, signedBar } from "./bars";

interface Step extends Amount {
  from: number;
  to: number;
  total: boolean;
}

/** The steps one after the other, then the profit as a whole. */
function stepsOf(view: DashboardView): Step[] {
  const { today } = view;
  let level = 0;
  const steps: Step[] = today.waterfall.map((step) => {
    const from = level;
    level += Number(step.usd);
    return { ...step, from, to: level, total: false };
  });
  const profit = Number(today.profit);
  steps.push({ label: "Profit", usd: today.profit, contribution: today.day_return, from: 0, to: profit, total: true });
  return steps;
}

function waterfall(view: DashboardView): HTMLElement {
  const { today } = view;
  const options = { title: "Where the profit came from", span: 6 as const };
  if (today.waterfall.length === 0) return card(options, empty("No day has been measured yet."));
  const steps = stepsOf(view);
  const scale = scaleOf(steps.flatMap((step) => [step.from, step.to]));
  const columns: Column<Step>[] = [
    { label: "Step", text: true, value: (step) => step.label, cell: (step) => (step.total ? h("b", {}, step.label) : step.label) },
    {
      label: "USD",
      value: (step) => step.usd,
      cell: (step) => usd(step.usd, { signed: true }),
      tone: (step) => tone(step.usd),
    },
    {
      label: "Of equity",
      value: (step) => step.contribution,
      cell: (step) => percent(step.contribution, { signed: true, decimals: 3 }),
      tone: (step) => tone(step.contribution),
    },
    { label: "", picture: true, value: () => null, cell: (step) => (step.from === step.to ? null : bar(scale, step.from, step.to, stepTone(step))) },
  ];
  const rows = table({ name: options.title, columns, rows: steps, fixedOrder: true });
  rows.classList.add("waterfall");
  return card({ ...options, csv: () => tableCsv({ columns, rows: steps }) }, rows, balance(view), breaks(today.breaks));
}

const stepTone = (step: Step) => `${step.to < step.from ? "neg" : "pos"}${step.total ? " total" : ""}`;

/** Equity before and after, which the profit and the flows must explain. */
function balance(view: DashboardView): HTMLElement {
  const { today } = view;
  const pair = (name: string, amount: string, signed: boolean) =>
    h("div", {}, h("dt", {}, name), h("dd", { class: signed ? tone(amount) : "" }, usd(amount, { signed })));
  return h(
    "dl",
    { class: "balance" },
    pair("Equity before", today.equity_before, false),
    pair("Flows", today.flow, true),
    pair("Profit", today.profit, true),
    pair("Not explained", today.unexplained, true),
    pair("Equity after", today.equity_after, false),
  );
}

function breaks(lines: string[]): HTMLElement | null {
  return lines.length === 0 ? null : h("ul", { class: "breaks" }, ...lines.map((line) => h("li", {}, line)));
}

function contributors(view: DashboardView, title: string, parts: Amount[], span: 4 | 6): HTMLElement {
  const every = [...view.today.best, ...view.today.worst];
  const scale = scaleOf(every.map((part) => part.contribution));
  const columns: Column<Amount>[] = [
    { label: "Name", text: true, value: (part) => part.label },
    { label: "USD", value: (part) => part.usd, cell: (part) => usd(part.usd, { signed: true }), tone: (part) => tone(part.usd) },
    {
      label: "Contribution",
      value: (part) => part.contribution,
      cell: (part) => percent(part.contribution, { signed: true, decimals: 3 }),
      tone: (part) => tone(part.contribution),
    },
    { label: "", picture: true, value: () => null, cell: (part) => signedBar(scale, part.contribution) },
  ];
  if (parts.length === 0) return card({ title, span }, empty(`None: no name ${title.includes("gain") ? "gained" : "lost"}.`));
  return card({ title, span, csv: () => tableCsv({ columns, rows: parts }) }, table({ name: title, columns, rows: parts }));
}

export function today(view: DashboardView): HTMLElement {
  const { period, since } = view.today;
  const note = view.header.sessions === 0 ? "" : `${since ? `${day(since)} \u2013 ` : ""}${longDay(view.header.last)}`;
  return section(
    "today",
    period,
    note,
    waterfall(view),
    h(
      "div",
      { class: "span-6 stack" },
      contributors(view, "Largest gains", view.today.best, 6),
      contributors(view, "Largest losses", view.today.worst, 6),
    ),
  );
}
