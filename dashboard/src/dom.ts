// Elements without markup: every text goes in as a text node, so that no text of a view can become markup.

export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Text for screen readers alone. */
export function hidden(text: string): HTMLElement {
  return h("span", { class: "vh" }, text);
}

/** A style that a number decides, through a custom property: `bar` with `--from: 12%`. */
export function styled<E extends HTMLElement>(element: E, properties: Record<string, string>): E {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
  return element;
}

/** A link below the page's folder; plain text where the target would leave it or run something. */
export function fileLink(text: string, target: string): Node {
  const path = target.replaceAll("\\", "/");
  const unsafe = path === "" || /[\u0000-\u0020:]/.test(path) || path.startsWith("/");
  if (unsafe) return document.createTextNode(text);
  return h("a", { href: encodeURI(path) }, text);
}

export function button(label: string, action: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", click: action, ...attributes }, label);
}

/** Buttons of which one is pressed. */
export function choice(
  name: string,
  options: readonly { label: string; title?: string }[],
  initial: number,
  choose: (index: number) => void,
): { element: HTMLElement; press: (index: number) => void } {
  const buttons = options.map((option, index) =>
    button(option.label, () => (press(index), choose(index)), { title: option.title }),
  );
  const press = (pressed: number) =>
    buttons.forEach((one, index) => one.setAttribute("aria-pressed", String(index === pressed)));
  press(initial);
  return { element: h("div", { class: "choice", role: "group", "aria-label": name }, ...buttons), press };
}
