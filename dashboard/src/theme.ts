// Light, dark, or as the system has it; and the colours for canvases, which no style sheet reaches.

const MODES = ["auto", "light", "dark"] as const;
type Mode = (typeof MODES)[number];
const KEY = "signalbus-theme";
const listeners = new Set<() => void>();
const probe = document.createElement("span");

/** The colour that a custom property has now. */
export function color(name: string): string {
  if (!probe.isConnected) {
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

export function onThemeChange(redraw: () => void): void {
  listeners.add(redraw);
}

function announce(): void {
  for (const redraw of listeners) redraw();
}

function apply(mode: Mode): void {
  if (mode === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = mode;
  announce();
}

// A page from a file may have no storage; then the choice lasts as long as the page.
function stored(): Mode {
  try {
    const mode = localStorage.getItem(KEY);
    return MODES.find((known) => known === mode) ?? "auto";
  } catch {
    return "auto";
  }
}

function store(mode: Mode): void {
  try {
    localStorage.setItem(KEY, mode);
  } catch {
    return;
  }
}

export function themeButton(): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  let mode = stored();
  const draw = () => (element.textContent = `Theme: ${mode}`);
  element.addEventListener("click", () => {
    mode = MODES[(MODES.indexOf(mode) + 1) % MODES.length]!;
    store(mode);
    draw();
    apply(mode);
  });
  draw();
  apply(mode);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", announce);
  return element;
}

/** Paper is white: while printing, the page and its canvases are light. */
export function startPrinting(redraw: (width: number | null) => void): void {
  const PAPER_WIDTH = 690;
  addEventListener("beforeprint", () => {
    document.documentElement.dataset["print"] = "";
    redraw(PAPER_WIDTH);
  });
  addEventListener("afterprint", () => {
    delete document.documentElement.dataset["print"];
    redraw(null);
  });
}
