// The part of the days that linked charts show, and the day under their cursor.
import type { Day } from "./view";
import { seconds } from "./format";

type Listener = { range?: () => void; cursor?: () => void };

export class TimeRange {
  readonly times: number[];
  first = 0;
  last: number;
  /** Index of the day under the cursor; null: none. */
  cursor: number | null = null;
  private readonly listeners: Listener[] = [];

  constructor(readonly days: readonly Day[]) {
    this.times = days.map(seconds);
    this.last = Math.max(0, days.length - 1);
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Shows at least two days. */
  show(first: number, last: number): void {
    const end = this.days.length - 1;
    this.last = Math.max(Math.min(last, end), Math.min(1, end));
    this.first = Math.max(0, Math.min(first, this.last - 1));
    for (const listener of this.listeners) listener.range?.();
  }

  reset(): void {
    this.show(0, this.days.length - 1);
  }

  isWhole(): boolean {
    return this.first === 0 && this.last === this.days.length - 1;
  }

  point(index: number | null): void {
    if (index === this.cursor) return;
    this.cursor = index;
    for (const listener of this.listeners) listener.cursor?.();
  }

  /** The first day at or after a time. */
  indexAt(time: number): number {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return Math.min(low, this.times.length - 1);
  }

  /** From the last day back by so many months, or from the beginning of its year. */
  showLast(months: number | "year"): void {
    const last = this.days.at(-1);
    if (!last) return;
    const end = this.days.length - 1;
    const year = Number(last.slice(0, 4));
    const from =
      months === "year"
        ? Date.UTC(year, 0, 1)
        : Date.UTC(year, Number(last.slice(5, 7)) - 1 - months, Number(last.slice(8, 10)));
    // One day more: the close before the period is where it starts from.
    this.show(Math.max(0, this.indexAt(from / 1000) - 1), end);
  }
}
