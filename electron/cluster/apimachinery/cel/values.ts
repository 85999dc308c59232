import { celMap, isCelList, isCelMap, isCelUint } from '@bufbuild/cel';
import type { CelInput } from '@bufbuild/cel';

/** JSON as CEL has it: whole numbers are ints, objects are maps. */
export function toCel(value: unknown): CelInput {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value !== 'object') return value as CelInput;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return celMap(new Map(entries.map(([key, item]) => [key, toCel(item)])));
}

/** A result as JSON has it; undefined for what JSON has not (a type, a message). */
export function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (isCelUint(value)) return Number(value.value);
  if (isCelList(value)) return [...value].map(fromCel);
  if (isCelMap(value))
    return Object.fromEntries([...value].map(([key, item]) => [String(key), fromCel(item)]));
  return typeof value === 'object' && value !== null ? undefined : value;
}
