// Where the labels of an axis stand: on days, months and years of the calendar, and on round levels of growth.
import { dayOfSeconds, monthName, number, percent } from "./format";

const DAY = 86_400;
const DAY_STEPS = [1, 2, 7, 14];
const MONTH_STEPS = [1, 3, 6, 12, 24, 60, 120];

/** At most `most` times from low to high: days, or first days of months. */
export function timeTicks(low: number, high: number, most: number): number[] {
  const span = (high - low) / DAY;
  const days = DAY_STEPS.find((step) => span / step <= most);
  if (days !== undefined) {
    const first = Math.ceil(low / DAY);
    return Array.from({ length: Math.floor((high / DAY - first) / days) + 1 }, (_, i) => (first + i * days) * DAY);
  }
  const step = MONTH_STEPS.find((months) => span / (months * 30.44) <= most) ?? 240;
  const start = new Date(low * 1000);
  const months = start.getUTCFullYear() * 12 + start.getUTCMonth();
  const ticks: number[] = [];
  for (let month = Math.floor(months / step) * step; ; month += step) {
    const time = Date.UTC(Math.floor(month / 12), month % 12, 1) / 1000;
    if (time > high) return ticks;
    if (time >= low) ticks.push(time);
  }
}

/** The year in January, else the month; days where the ticks are days. */
export function timeLabels(ticks: number[]): string[] {
  const whole = ticks.every((time) => dayOfSeconds(time).endsWith("-01"));
  return ticks.map((time) => {
    const iso = dayOfSeconds(time);
    const month = Number(iso.slice(5, 7));
    if (!whole || ticks.length === 1) return `${Number(iso.slice(8, 10))} ${monthName(month)}`;
    return month === 1 ? iso.slice(0, 4) : monthName(month);
  });
}

/** As many decimals as the step has: 2 for 0.25. */
function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 6; ++decimals) {
    const scaled = step * 10 ** decimals;
    if (Math.round(scaled) > 0 && Math.abs(scaled - Math.round(scaled)) < 1e-6) return decimals;
  }
  return 6;
}

export const percentTick =
  (signed: boolean) =>
  (fraction: number, step: number): string =>
    percent(fraction, { signed, decimals: decimalsOf(step * 100) });

export const numberTick = (value: number, step: number): string => number(value, { decimals: decimalsOf(step) });

/** Levels of growth that read well on a logarithmic scale. */
export function growthTicks(low: number, high: number): number[] {
  const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2, 2.5, 3, 4, 5, 7, 10];
  levels.push(...[15, 20, 30, 50, 70, 100, 200, 500, 1000]);
  const room = (high - low) / 8;
  const ticks: number[] = [];
  for (const level of levels.map(Math.log)) {
    if (level >= low && level <= high && level - (ticks.at(-1) ?? -Infinity) >= room) ticks.push(level);
  }
  return ticks;
}
