import type { z } from 'zod';

/** Codes every entry may fail with, besides its own closed list. */
export const COMMON_ERRORS = ['BadInput', 'UnknownMethod', 'Internal', 'Disconnected', 'Cancelled'] as const;
export type CommonErrorCode = (typeof COMMON_ERRORS)[number];

/** One question, one answer. */
export interface CallEntry<I extends z.ZodType, O extends z.ZodType, E extends string> {
  readonly type: 'call';
  readonly input: I;
  readonly output: O;
  readonly errors: readonly E[];
}

/**
 * One question, many items, in the manner of a Kubernetes watch: a consumer that is too slow is ended with
 * `Expired` and asks again; nothing is dropped in silence.
 */
export interface StreamEntry<I extends z.ZodType, T extends z.ZodType, E extends string> {
  readonly type: 'stream';
  readonly input: I;
  readonly item: T;
  readonly errors: readonly E[];
}

/** Both sides send, JSON messages and bytes. */
export interface DuplexEntry<
  I extends z.ZodType,
  U extends z.ZodType,
  D extends z.ZodType,
  E extends string,
> {
  readonly type: 'duplex';
  readonly input: I;
  readonly up: U;
  readonly down: D;
  readonly errors: readonly E[];
}

export type Entry =
  | CallEntry<z.ZodType, z.ZodType, string>
  | StreamEntry<z.ZodType, z.ZodType, string>
  | DuplexEntry<z.ZodType, z.ZodType, z.ZodType, string>;

export function call<I extends z.ZodType, O extends z.ZodType, const E extends string = never>(
  input: I,
  output: O,
  errors: readonly E[] = [],
): CallEntry<I, O, E> {
  return { type: 'call', input, output, errors };
}

export function stream<I extends z.ZodType, T extends z.ZodType, const E extends string = never>(
  input: I,
  item: T,
  errors: readonly E[] = [],
): StreamEntry<I, T, E | 'Expired'> {
  return { type: 'stream', input, item, errors: [...errors, 'Expired'] };
}

export function duplex<
  I extends z.ZodType,
  U extends z.ZodType,
  D extends z.ZodType,
  const E extends string = never,
>(input: I, up: U, down: D, errors: readonly E[] = []): DuplexEntry<I, U, D, E> {
  return { type: 'duplex', input, up, down, errors };
}

/** Names of the entries of one kind. */
export type NamesOf<C, Kind extends Entry['type']> = {
  [Name in keyof C]: C[Name] extends { type: Kind } ? Name : never;
}[keyof C] &
  string;
