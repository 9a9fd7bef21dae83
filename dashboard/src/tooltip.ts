// One tooltip for the page: shown by the pointer and by the keyboard's focus, closed by Escape. What it says is also
// in the document, as the description of what it belongs to, so a screen reader reads it without it.
import { h } from "./dom";

const box = h("div", { class: "tooltip", id: "tooltip", role: "tooltip", hidden: true });
let owner: Element | null = null;

function place(target: Element): void {
  const around = target.getBoundingClientRect();
  const width = box.offsetWidth;
  const left = Math.max(8, Math.min(around.left, document.documentElement.clientWidth - width - 8));
  const below = around.bottom + 6 + box.offsetHeight < innerHeight;
  const top = below ? around.bottom + 6 : Math.max(8, around.top - box.offsetHeight - 6);
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

function show(target: Element): void {
  const source = document.getElementById(target.getAttribute("aria-describedby") ?? "");
  if (!source) return;
  owner = target;
  box.replaceChildren(...[...source.childNodes].map((node) => node.cloneNode(true)));
  box.hidden = false;
  place(target);
}

export function hideTooltip(): void {
  owner = null;
  box.hidden = true;
}

/** Everything with the class `term` has its tooltip in the element of aria-describedby. */
export function startTooltips(): void {
  document.body.append(box);
  const termOf = (event: Event) => (event.target instanceof Element ? event.target.closest(".term") : null);
  document.addEventListener("pointerover", (event) => {
    const term = termOf(event);
    if (term) show(term);
    else if (owner && owner !== document.activeElement && !box.contains(event.target as Node)) hideTooltip();
  });
  document.addEventListener("focusin", (event) => {
    const term = termOf(event);
    if (term) show(term);
    else hideTooltip();
  });
  document.addEventListener("focusout", hideTooltip);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideTooltip();
  });
  addEventListener("scroll", hideTooltip, { passive: true, capture: true });
}

let serial = 0;

/** A term with its explanation: lines of "name: text". */
export function term(label: string, lines: [string, string][]): HTMLElement {
  const id = `about-${++serial}`;
  const about = h("span", { id, class: "about" });
  for (const [name, text] of lines) {
    if (text === "") continue;
    about.append(h("span", { class: "about-line" }, name && h("b", {}, `${name} `), text));
  }
  return h(
    "span",
    { class: "term-box" },
    h("button", { type: "button", class: "term", "aria-describedby": id }, label),
    about,
  );
}
