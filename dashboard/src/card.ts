// A card: one table or chart with its title, its tools and its CSV button.
import { button, type Child, h } from "./dom";
import { download } from "./csv";

export interface CardOptions {
  title: string;
  /** A word on what is seen. */
  note?: string | undefined;
  tools?: Child[];
  /** Absent: there is nothing to save. */
  csv?: (() => string) | undefined;
  /** How many of the twelve columns it takes on a wide screen. */
  span?: 4 | 6 | 8 | 12;
}

let fileStem = "";

/** What the names of downloads begin with. */
export function nameDownloads(stem: string): void {
  fileStem = stem;
}

export function fileName(title: string, extension: string): string {
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
  return `${fileStem}_${words}.${extension}`;
}

export function card(options: CardOptions, ...children: Child[]): HTMLElement {
  const { csv, title } = options;
  const save = csv && button("CSV", () => download(fileName(title, "csv"), "text/csv", csv()), {
    class: "quiet",
    "aria-label": `Save ${title} as CSV`,
  });
  return h(
    "div",
    { class: `card span-${options.span ?? 12}` },
    h("div", { class: "card-head" }, h("h3", {}, title), h("div", { class: "tools" }, ...(options.tools ?? []), save)),
    options.note && h("p", { class: "note" }, options.note),
    ...children,
  );
}

export function empty(sentence: string): HTMLElement {
  return h("p", { class: "empty" }, sentence);
}

export function section(id: string, title: string, note: string, ...cards: Child[]): HTMLElement {
  return h(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    h("div", { class: "section-head" }, h("h2", { id: `${id}-title` }, title), note && h("p", {}, note)),
    h("div", { class: "grid" }, ...cards),
  );
}
