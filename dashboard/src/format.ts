// Numbers as people read them: a real minus sign, an explicit plus where the sign is the message, "n/a" for none.
import type { Day, Money } from "./view";

export const NONE = "n/a";
const formats = new Map<number, Intl.NumberFormat>();

/** With thousands separators and a fixed number of decimals, whatever the reader's own language is. */
function plain(value: number, decimals: number): string {
  let format = formats.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  return format.format(value);
}

export interface Style {
  decimals?: number;
  signed?: boolean;
}

export function number(value: number | null | undefined, style: Style = {}): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = plain(Math.abs(value), style.decimals ?? 2);
  const isZero = !/[1-9]/.test(text);
  const sign = isZero ? "" : value < 0 ? "\u2212" : style.signed ? "+" : "";
  return sign + text;
}

export function percent(fraction: number | null | undefined, style: Style = {}): string {
  const text = number(fraction === null || fraction === undefined ? null : fraction * 100, style);
  return text === NONE ? text : `${text}\u202f%`;
}

export function usd(amount: Money | number, style: Style = {}): string {
  return number(Number(amount), style);
}

/** Exact text of a quantity or price, with thousands separators and at least so many decimals. */
export function exact(text: string, decimals = 0): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (!match) return text || NONE;
  const whole = match[2]!.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const fraction = decimals > 0 ? (match[3] ?? ".").padEnd(decimals + 1, "0") : (match[3] ?? "");
  return (match[1] ? "\u2212" : "") + whole + fraction;
}

export function count(value: number): string {
  return number(value, { decimals: 0 });
}

/** "1 order", "2 orders". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** A value in the unit that the view names. */
export function inUnit(value: number | null, unit: string, style: Style = {}): string {
  switch (unit) {
    case "fraction":
    case "probability":
      return percent(value, style);
    case "usd":
      return number(value, style);
    case "bps":
      return value === null ? NONE : `${number(value, { decimals: 1, ...style })}\u202fbps`;
    case "seconds":
      return value === null ? NONE : duration(value);
    case "count":
    case "periods":
    case "days":
      return number(value, { decimals: value !== null && Number.isInteger(value) ? 0 : 1, ...style });
    default:
      return number(value, style);
  }
}

/** "0.4 s", "12.5 min", "3.2 h": seconds in the largest unit of which there is one. */
export function duration(value: number | null): string {
  if (value === null) return NONE;
  const inUnitOf = (size: number, unit: string, decimals: number) => `${number(value / size, { decimals })}\u202f${unit}`;
  if (value < 60) return inUnitOf(1, "s", value < 10 ? 2 : 1);
  return value < 3600 ? inUnitOf(60, "min", 1) : inUnitOf(3600, "h", 1);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
export const monthName = (month: number): string => MONTHS[month - 1] ?? String(month);

export function seconds(day: Day): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / 1000;
}

/** "29 Aug 2025"; what is no date as it is. */
export function day(iso: Day): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(iso)) return iso;
  return `${Number(iso.slice(8, 10))} ${monthName(Number(iso.slice(5, 7)))} ${iso.slice(0, 4)}`;
}

/** "Friday, 29 Aug 2025". */
export function longDay(iso: Day): string {
  return `${WEEKDAYS[new Date(seconds(iso) * 1000).getUTCDay()]}, ${day(iso)}`;
}

export const dayOfSeconds = (time: number): Day => new Date(time * 1000).toISOString().slice(0, 10);

/** The class that colours a value by its sign. */
export function tone(value: Money | number | null): string {
  const amount = Number(value);
  return value === null || !(Math.abs(amount) > 0) ? "" : amount > 0 ? "pos" : "neg";
}

/** "max_drawdown" as words. */
export function words(name: string): string {
  return name.replaceAll("_", " ").trim();
}

/** "name_weight" as a heading. */
export function heading(name: string): string {
  const text = words(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
