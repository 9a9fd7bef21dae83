// What all canvases share: how wide they are, and that they are drawn anew when colours or medium change.

const redraws: (() => void)[] = [];
let paper: number | null = null;

export function onRedraw(draw: () => void): void {
  redraws.push(draw);
}

/** The width to draw at: the element's own, or the paper's while printing. */
export function plotWidth(element: HTMLElement): number {
  return paper ?? element.clientWidth;
}

export const isPrinting = (): boolean => paper !== null;

/** `width`: of the paper, null for the screen. */
export function redrawPlots(width: number | null = paper): void {
  paper = width;
  for (const draw of redraws) draw();
}
