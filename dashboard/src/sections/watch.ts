// Can it be trusted, and what wants attention: reconciliation, alerts, measured risks, runs, files.
import { card, empty, section } from "../card";
import { fileLink, h } from "../dom";
import { count, day, heading, inUnit, NONE, tone, usd, words } from "../format";
import { type Column, table, tableCsv } from "../table";
import type { Alert, DashboardView, Level, Reconciliation, Risk, Run } from "../view";

const LEVELS: Record<Level, [string, string]> = {
  ok: ["good", "ok"],
  warn: ["warn", "warn"],
  critical: ["bad", "critical"],
  unknown: ["off", "unknown"],
};

const pill = (kind: string, text: string) => h("span", { class: `pill ${kind}` }, text);
const levelPill = (level: Level, resolved = false) => pill(LEVELS[level][0], level === "ok" && resolved ? "resolved" : LEVELS[level][1]);

function reconciliationTable(view: DashboardView): HTMLElement {
  const rows = view.reconciliation;
  const options = { title: "Days" };
  if (rows.length === 0) return card(options, empty("No day has been reconciled yet."));
  const columns: Column<Reconciliation>[] = [
    { label: "Day", text: true, value: (row) => row.date, cell: (row) => day(row.date) },
    { label: "Status", text: true, value: (row) => row.status, cell: (row) => pill(row.status === "ok" ? "good" : row.status === "mismatch" ? "bad" : "off", row.status) },
    { label: "Differences", value: (row) => row.differences, cell: (row) => count(row.differences) },
    { label: "Not explained, USD", value: (row) => row.identity_break, cell: (row) => usd(row.identity_break, { signed: true }), tone: (row) => tone(row.identity_break) },
    { label: "Files", text: true, value: (row) => row.link, cell: (row) => (row.link ? fileLink("run", row.link) : "\u2013") },
  ];
  const bad = rows.filter((row) => row.status !== "ok");
  const note = bad.length === 0 ? "Every day shown agrees." : `${count(bad.length)} of ${count(rows.length)} days shown did not agree or were not run; they come first.`;
  const ordered = [...bad, ...rows.filter((row) => row.status === "ok")];
  return card({ ...options, note, csv: () => tableCsv({ columns, rows }) }, table({ name: "Reconciliation", columns, rows: ordered, limit: 8 }));
}

function alertTable(view: DashboardView): HTMLElement {
  const rows = view.alerts;
  const options = { title: "Alerts" };
  if (rows.length === 0) return card(options, empty("No alert: every rule that watches is satisfied."));
  const columns: Column<Alert>[] = [
    { label: "Level", text: true, value: (row) => row.level, cell: (row) => levelPill(row.level, true) },
    { label: "Rule", text: true, value: (row) => row.rule, cell: (row) => heading(row.rule) },
    { label: "Scope", text: true, value: (row) => row.scope },
    { label: "What", text: true, value: (row) => row.sentence },
    { label: "Since", text: true, value: (row) => row.since, cell: (row) => day(row.since) },
    { label: "Seen", text: true, value: (row) => (row.acknowledged ? "yes" : "no") },
  ];
  return card({ ...options, csv: () => tableCsv({ columns, rows }) }, table({ name: options.title, columns, rows }));
}

function riskTable(view: DashboardView): HTMLElement {
  const rows = view.risk;
  const options = { title: "Measured, with thresholds" };
  if (rows.length === 0) return card(options, empty("No rule is set; nothing is watched."));
  const value = (row: Risk, of: number | null) => inUnit(of, row.unit);
  const columns: Column<Risk>[] = [
    { label: "Level", text: true, value: (row) => row.level, cell: (row) => levelPill(row.level) },
    { label: "Scope", text: true, value: (row) => row.scope },
    { label: "Metric", text: true, value: (row) => words(row.metric) },
    { label: "Value", value: (row) => row.value, cell: (row) => (row.value === null ? h("span", { class: "why" }, row.reason || NONE) : value(row, row.value)) },
    { label: "Warn", value: (row) => row.threshold_warn, cell: (row) => (row.threshold_warn === null ? "\u2013" : value(row, row.threshold_warn)) },
    { label: "Critical", value: (row) => row.threshold_critical, cell: (row) => (row.threshold_critical === null ? "\u2013" : value(row, row.threshold_critical)) },
    { label: "Window", text: true, value: (row) => row.window },
    { label: "n", value: (row) => row.n_used, cell: (row) => count(row.n_used) },
  ];
  const urgent = { critical: 0, warn: 1, unknown: 2, ok: 3 };
  const ordered = [...rows].sort((a, b) => urgent[a.level] - urgent[b.level]);
  return card({ ...options, csv: () => tableCsv({ columns, rows }) }, table({ name: options.title, columns, rows: ordered }));
}

function runTable(view: DashboardView): HTMLElement {
  const rows = view.runs;
  const options = { title: "Runs", span: 8 as const };
  if (rows.length === 0) return card(options, empty("No run is kept in data/runs."));
  const columns: Column<Run>[] = [
    { label: "Run", text: true, value: (row) => row.id, cell: (row) => fileLink(row.id, row.link) },
    { label: "Day", text: true, value: (row) => row.date, cell: (row) => day(row.date) },
    { label: "Mode", text: true, value: (row) => row.mode },
    { label: "Outcome", text: true, value: (row) => row.outcome, cell: (row) => pill(row.exit_code === 0 ? "good" : "bad", row.outcome) },
    { label: "Exit code", value: (row) => row.exit_code },
  ];
  return card({ ...options, csv: () => tableCsv({ columns, rows }) }, table({ name: options.title, columns, rows, limit: 8 }));
}

function files(view: DashboardView): HTMLElement {
  const options = { title: "Files beside this page", span: 4 as const };
  if (view.files.length === 0) return card(options, empty("None."));
  return card(options, h("ul", { class: "files" }, ...view.files.map((file) => h("li", {}, fileLink(file.label, file.link)))));
}

export const reconciliation = (view: DashboardView) =>
  section("reconciliation", "Reconciliation", view.header.reconciliation, reconciliationTable(view));

export const alerts = (view: DashboardView) => section("alerts", "Alerts", "", alertTable(view), riskTable(view));

export const runs = (view: DashboardView) => section("runs", "Run history", "", runTable(view), files(view));
