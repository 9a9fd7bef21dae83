// Fewer points for drawing only: of every stretch the lowest and the highest of each line, so no spike is lost.

export type Values = readonly (number | null)[];
export const POINTS_MAX = 1500;

/** Ascending indices in [first, last], at most POINTS_MAX of them. */
export function sample(lines: readonly Values[], first: number, last: number): number[] {
  const span = last - first + 1;
  const kept = new Set<number>();
  if (span <= POINTS_MAX) {
    for (let i = first; i <= last; ++i) kept.add(i);
    return [...kept];
  }
  const stretches = Math.floor((POINTS_MAX - 2) / (2 * lines.length));
  for (let s = 0; s < stretches; ++s) {
    const begin = first + Math.floor((s * span) / stretches);
    const end = first + Math.floor(((s + 1) * span) / stretches);
    for (const line of lines) {
      let low = -1;
      let high = -1;
      for (let i = begin; i < end; ++i) {
        const value = line[i];
        if (value === null || value === undefined) continue;
        if (low < 0 || value < line[low]!) low = i;
        if (high < 0 || value > line[high]!) high = i;
      }
      if (low >= 0) kept.add(low).add(high);
    }
  }
  kept.add(first).add(last);
  return [...kept].sort((a, b) => a - b);
}
