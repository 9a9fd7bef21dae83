// Whose profit it was: by strategy, sector, name and side; against a benchmark; and every name.
import { card, empty, section } from "../card";
import { choice, h } from "../dom";
import { exact, heading, NONE, number, percent, tone, usd } from "../format";
import { type Column, table, tableCsv } from "../table";
import type { Amount, Attribution, BrinsonRow, DashboardView, FactorRow, Name } from "../view";
import { scaleOf, signedBar } from "./bars";

/** "_fees" belongs to no position; people read "Fees". */
const labelOf = (label: string) => (label.startsWith("_") ? heading(label.slice(1)) : label);

const signedUsd = (amount: string) => usd(amount, { signed: true });
const signedPercent = (value: number | null) => percent(value, { signed: true });

function amountColumns(by: string, rows: Amount[]): Column<Amount>[] {
  const scale = scaleOf(rows.map((row) => row.contribution));
  return [
    { label: heading(by), text: true, value: (row) => labelOf(row.label), csv: (row) => row.label },
    { label: "Profit, USD", value: (row) => row.usd, cell: (row) => signedUsd(row.usd), tone: (row) => tone(row.usd) },
    { label: "Contribution", value: (row) => row.contribution, cell: (row) => signedPercent(row.contribution), tone: (row) => tone(row.contribution) },
    { label: "", picture: true, value: () => null, cell: (row) => signedBar(scale, row.contribution) },
  ];
}

function attributionTable(part: Attribution): HTMLElement {
  if (part.rows.length === 0) return empty("Nothing to divide: no profit in this period.");
  return table({
    name: `Attribution by ${part.by}`,
    columns: amountColumns(part.by, part.rows),
    rows: part.rows,
    foot: [["Total", signedUsd(part.total_usd), signedPercent(part.total_contribution), ""]],
  });
}

function parts(view: DashboardView): HTMLElement {
  const options = { title: "Contributions", note: "Linked over the period (Cari\u00f1o): rows add up to the return and the profit." };
  const tables = view.attribution;
  if (tables.length === 0) return card({ title: "Contributions" }, empty("No profit has been divided yet."));
  let shown = tables[0]!;
  const place = h("div", {}, attributionTable(shown));
  const by = choice("Divided by", tables.map((part) => ({ label: heading(part.by) })), 0, (index) => {
    shown = tables[index]!;
    place.replaceChildren(attributionTable(shown));
  });
  const save = () => tableCsv({ columns: amountColumns(shown.by, shown.rows), rows: shown.rows });
  return card({ ...options, span: view.brinson.reason ? 12 : 6, tools: [by.element], csv: save }, place);
}

function brinson(view: DashboardView): HTMLElement {
  const { rows, note, reason, active } = view.brinson;
  const title = "Against the benchmark (Brinson\u2013Fachler)";
  if (reason) return missing(title, reason);
  const effect = (label: string, of: (row: BrinsonRow) => number | null): Column<BrinsonRow> => ({
    label,
    value: of,
    cell: (row) => signedPercent(of(row)),
    tone: (row) => tone(of(row)),
  });
  const columns: Column<BrinsonRow>[] = [
    { label: "Sector", text: true, value: (row) => labelOf(row.sector), csv: (row) => row.sector },
    { label: "Weight", value: (row) => row.weight, cell: (row) => percent(row.weight, { decimals: 1 }) },
    { label: "Benchmark", value: (row) => row.benchmark_weight, cell: (row) => percent(row.benchmark_weight, { decimals: 1 }) },
    effect("Allocation", (row) => row.allocation),
    effect("Selection", (row) => row.selection),
    effect("Interaction", (row) => row.interaction),
  ];
  return card(
    { title, note, span: 6, csv: () => tableCsv({ columns, rows }) },
    table({ name: "Brinson\u2013Fachler", columns, rows }),
    h("p", { class: "sum" }, "All effects together: ", h("b", { class: tone(active) }, signedPercent(active))),
  );
}

/** A card of a part that needs a file which is not there. */
const missing = (title: string, reason: string) => card({ title }, h("p", { class: "empty" }, NONE, " ", h("span", { class: "why" }, reason)));

function factors(view: DashboardView): HTMLElement {
  const { rows, note, reason, specific, total } = view.factors;
  const title = "Factors";
  if (reason) return missing(title, reason);
  const part = (label: string, of: (row: FactorRow) => number | null): Column<FactorRow> => ({
    label,
    value: of,
    cell: (row) => signedPercent(of(row)),
    tone: (row) => tone(of(row)),
  });
  const columns: Column<FactorRow>[] = [
    { label: "Factor", text: true, value: (row) => row.factor },
    { label: "Exposure", value: (row) => row.exposure, cell: (row) => number(row.exposure, { signed: true }) },
    { label: "Newest", value: (row) => row.newest, cell: (row) => number(row.newest, { signed: true }) },
    part("Tilt", (row) => row.tilt),
    part("Timing", (row) => row.timing),
    part("Common", (row) => row.common),
  ];
  const foot = [
    ["Specific", "", "", "", "", signedPercent(specific)],
    ["Return", "", "", "", "", signedPercent(total)],
  ];
  return card({ title, note, csv: () => tableCsv({ columns, rows }) }, table({ name: title, columns, rows, foot }));
}

function names(view: DashboardView): HTMLElement {
  const rows = view.names;
  if (rows.length === 0) return card({ title: "Every name" }, empty("No name was ever held."));
  const money = (label: string, of: (row: Name) => string, signed = true): Column<Name> => ({
    label,
    value: of,
    cell: (row) => usd(of(row), { signed }),
    ...(signed && { tone: (row: Name) => tone(of(row)) }),
  });
  const columns: Column<Name>[] = [
    { label: "Name", text: true, value: (row) => row.symbol },
    { label: "Sector", text: true, value: (row) => row.sector },
    { label: "Weight", value: (row) => row.weight, cell: (row) => percent(row.weight) },
    { label: "Quantity", value: (row) => row.quantity, cell: (row) => (row.quantity ? exact(row.quantity) : "\u2013") },
    { label: "Price", value: (row) => row.price, cell: (row) => (row.price ? exact(row.price, 2) : "\u2013") },
    money("Value", (row) => row.value, false),
    money("Last day", (row) => row.day_pnl),
    money("Realised", (row) => row.realised),
    money("Unrealised", (row) => row.unrealised),
    money("Profit", (row) => row.pnl),
    { label: "Contribution", value: (row) => row.contribution, cell: (row) => signedPercent(row.contribution), tone: (row) => tone(row.contribution) },
  ];
  const largest = [...rows].sort((a, b) => Math.abs(Number(b.value)) - Math.abs(Number(a.value)));
  const note = "Largest positions first. Amounts in USD. Profit of all the period, realised by first in, first out.";
  return card({ title: "Every name", note, csv: () => tableCsv({ columns, rows }) }, table({ name: "Every name", columns, rows: largest, limit: 20 }));
}

export function attribution(view: DashboardView): HTMLElement {
  return section("attribution", "Attribution", "", parts(view), brinson(view), factors(view));
}

export function everyName(view: DashboardView): HTMLElement {
  return section("names", "Names", "", names(view));
}
