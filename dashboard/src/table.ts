// Tables: sortable by every column, right-aligned numbers, long ones cut with a button for the rest, CSV of all rows.
import { type Cell, csv } from "./csv";
import { button, type Child, h, hidden } from "./dom";
import { count } from "./format";

export interface Column<Row> {
  label: string;
  /** What is sorted by and written to CSV, unless `csv` says else. */
  value: (row: Row) => Cell;
  cell?: (row: Row) => Child;
  /** The class of the cell: the colour of its sign. */
  tone?: (row: Row) => string;
  text?: boolean;
  csv?: (row: Row) => Cell;
  /** For the eye only: not in CSV, not sortable. */
  picture?: boolean;
}

export interface TableOptions<Row> {
  name: string;
  columns: Column<Row>[];
  rows: Row[];
  limit?: number;
  foot?: Child[][];
  fixedOrder?: boolean;
}

const LIMIT = 15;

/** Numbers by size, those that came as exact text too; text by letters; what is missing last. */
function compare(a: Cell, b: Cell, isText: boolean): number {
  const missing = (cell: Cell) => cell === null || cell === "";
  if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
  if (!isText) return Number(a) - Number(b);
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

export function tableCsv<Row>(options: Pick<TableOptions<Row>, "columns" | "rows">): string {
  const columns = options.columns.filter((column) => !column.picture);
  const cells = (row: Row) => columns.map((column) => (column.csv ?? column.value)(row));
  return csv(
    columns.map((column) => column.label),
    options.rows.map(cells),
  );
}

export function table<Row>(options: TableOptions<Row>): HTMLElement {
  const { columns, name } = options;
  const limit = options.limit ?? LIMIT;
  let rows = options.rows;
  let all = rows.length <= limit + 3;
  const body = h("tbody");
  const more = h("div", { class: "more" });

  const draw = () => {
    const shown = all ? rows : rows.slice(0, limit);
    body.replaceChildren(...shown.map((row) => h("tr", {}, ...columns.map((column, at) => cellOf(column, row, at)))));
    more.replaceChildren();
    if (!all) {
      const showAll = () => ((all = true), draw());
      more.append(
        `${count(limit)} of ${count(rows.length)} `,
        button("Show all", showAll, { "aria-label": `Show all of ${name}` }),
      );
    }
  };
  const heads = columns.map((column, at) => headOf(column, at));

  function cellOf(column: Column<Row>, row: Row, at: number): HTMLElement {
    const content = column.cell ? column.cell(row) : String(column.value(row) ?? "");
    const kind = `${column.text ? "text" : column.picture ? "picture" : "num"} ${column.tone?.(row) ?? ""}`.trim();
    return at === 0 ? h("th", { scope: "row", class: kind }, content) : h("td", { class: kind }, content);
  }

  function headOf(column: Column<Row>, at: number): HTMLElement {
    const kind = column.text ? "text" : column.picture ? "picture" : "num";
    if (column.picture) return h("td", { class: kind }, hidden("Bar"));
    if (options.fixedOrder) return h("th", { scope: "col", class: kind }, column.label);
    return h("th", { scope: "col", class: kind }, button(column.label, () => sortBy(at), { class: "sort" }));
  }

  function sortBy(at: number): void {
    const column = columns[at]!;
    const up = column.text ? "ascending" : "descending";
    const down = column.text ? "descending" : "ascending";
    const order = heads[at]!.getAttribute("aria-sort") === up ? down : up;
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[at]!.setAttribute("aria-sort", order);
    const isMissing = (row: Row) => column.value(row) === null || column.value(row) === "";
    const present = options.rows.filter((row) => !isMissing(row));
    present.sort((a, b) => compare(column.value(a), column.value(b), column.text === true));
    if (order === "descending") present.reverse();
    rows = [...present, ...options.rows.filter(isMissing)];
    draw();
  }

  draw();
  const foot = options.foot?.map((cells) =>
    h("tr", {}, ...cells.map((cell, at) => footCell(cell, columns[at]!, at === 0))),
  );
  return h(
    "div",
    {},
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": name },
      h("table", {}, h("caption", { class: "vh" }, name), h("thead", {}, h("tr", {}, ...heads)), body,
        foot && h("tfoot", {}, ...foot)),
    ),
    more,
  );
}

function footCell<Row>(cell: Child, column: Column<Row>, first: boolean): HTMLElement {
  const kind = column.text ? "text" : column.picture ? "picture" : "num";
  return first ? h("th", { scope: "row", class: kind }, cell) : h("td", { class: kind }, cell);
}
