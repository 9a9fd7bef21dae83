// Bars inside table cells: from zero to a value, on a scale that the whole column shares.
import { h, styled } from "../dom";

export interface Scale {
  low: number;
  high: number;
}

export function scaleOf(values: Iterable<number | null>): Scale {
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low === high ? { low: 0, high: 1 } : { low, high };
}

const place = (scale: Scale, value: number) => (100 * (value - scale.low)) / (scale.high - scale.low);

/** A bar between two values; `tone` names its colour. */
export function bar(scale: Scale, from: number, to: number, tone: string): HTMLElement {
  const left = place(scale, Math.min(from, to));
  const right = place(scale, Math.max(from, to));
  return styled(h("div", { class: `bar ${tone}`, "aria-hidden": "true" }, h("i"), h("s")), {
    "--left": `${left.toFixed(3)}%`,
    "--width": `${(right - left).toFixed(3)}%`,
    "--zero": `${place(scale, 0).toFixed(3)}%`,
  });
}

export function signedBar(scale: Scale, value: number | null): HTMLElement {
  return bar(scale, 0, value ?? 0, (value ?? 0) < 0 ? "neg" : "pos");
}
