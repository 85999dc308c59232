import type { PsValue } from './interface.ts';
import { PsDate, PsFormatted, PsObject } from './interface.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** `11/27/2026 10:43:09 PM`, as en-US has it. */
export function dateText({ ms }: PsDate): string {
  const date = new Date(ms);
  const hours = date.getUTCHours();
  const time = `${hours % 12 === 0 ? 12 : hours % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()} ${time} ${hours < 12 ? 'AM' : 'PM'}`;
}

/** The elements of a list; nothing for `$null`, else the value itself. */
export function itemsOf(value: PsValue): readonly PsValue[] {
  if (value === null) return [];
  return Array.isArray(value) ? (value as readonly PsValue[]) : [value];
}

/** One value for what a pipeline gave: `$null`, the only one, or all. */
export function collapsed(values: readonly PsValue[]): PsValue {
  return values.length === 0 ? null : values.length === 1 ? (values[0] ?? null) : values;
}

/** As a string in which it is put. */
export function textOf(value: PsValue): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof PsDate) return dateText(value);
  if (value instanceof PsFormatted) return value.text;
  if (value instanceof PsObject) {
    const { ServiceName, Name, FullName, Line } = value.values;
    const name = FullName ?? ServiceName ?? Line ?? Name;
    if (value.view !== 'custom' && name !== undefined) return textOf(name);
    return `@{${Object.entries(value.values)
      .map(([key, inner]) => `${key}=${textOf(inner)}`)
      .join('; ')}}`;
  }
  return typeof value === 'object' ? value.map(textOf).join(' ') : String(value);
}

export function isTrue(value: PsValue): boolean {
  if (Array.isArray(value))
    return value.length > 1 || (value.length === 1 && isTrue((value as readonly PsValue[])[0] ?? null));
  return value !== null && value !== '' && value !== 0 && value !== false;
}

/** A property, whatever its case; of a list, that of all its elements. Undefined for one that is not there. */
export function propertyOf(value: PsValue, name: string): PsValue | undefined {
  const wanted = name.toLowerCase();
  if (Array.isArray(value)) {
    const list = value as readonly PsValue[];
    if (wanted === 'count' || wanted === 'length') return list.length;
    return collapsed(list.flatMap((item) => itemsOf(propertyOf(item, name) ?? null)));
  }
  if (value instanceof PsObject) {
    const key = Object.keys(value.values).find((one) => one.toLowerCase() === wanted);
    if (key !== undefined) return value.values[key] ?? null;
  }
  if (typeof value === 'string' && wanted === 'length') return value.length;
  return wanted === 'count' ? (value === null ? 0 : 1) : undefined;
}

/** `*`, `?` and `[abc]` as `-like` has them; whatever the case. */
export function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'is');
}

export function hasWildcard(text: string): boolean {
  return /[*?[]/.test(text);
}

/** Below zero, zero, above: numbers and dates by size, others as text. */
export function compare(left: PsValue, right: PsValue): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return a - b;
  const [x, y] = [textOf(left).toLowerCase(), textOf(right).toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function numberOf(value: PsValue): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof PsDate) return value.ms;
  if (typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value)) return Number(value);
  return undefined;
}
