// Tables as CSV, the way the program writes them: nothing that a spreadsheet would run.

export type Cell = string | number | null;

/** Numbers that came as exact text (money, quantities) must not be taken for formulas: "-1.5" stays. */
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  let text = cell;
  if (/^[=+\-@\t\r]/.test(text) && !NUMBER.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(header: string[], rows: Cell[][]): string {
  return [header, ...rows].map((row) => row.map(field).join(",") + "\n").join("");
}

/** Offers bytes of this page as a file. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
