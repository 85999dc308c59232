import type { Json, JsonObject } from './json.ts';
import { isObject, listAt, numberAt, objectAt, stringAt } from './json.ts';
import { quote } from './go-format.ts';

/** A failure with kubectl's own words; printed with the prefix `error: ` unless it has one. */
export class KubectlError extends Error {
  override readonly name: string = 'KubectlError';
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A wrong use of a command: `error: …` followed by where to look for help. */
export function usageError(path: string, message: string): KubectlError {
  return new KubectlError(`${message}\nSee '${path} -h' for help and examples`);
}

/** Ends the command with this text on stderr exactly as given (possibly empty). */
export class PlainExit extends Error {
  override readonly name = 'PlainExit';
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What the API server answered when it did not do what was asked: a `metav1.Status`. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: JsonObject;
  constructor(status: JsonObject) {
    super(stringAt(status, 'message') || 'unknown');
    this.status = status;
  }
  get reason(): string {
    return stringAt(this.status, 'reason');
  }
  get code(): number {
    return numberAt(this.status, 'code') ?? 0;
  }
  /** The same failure with the source that was being worked on in its message. */
  withSource(verb: string, source: string): StatusError {
    if (this.message.includes('error when ')) return this;
    return new StatusError({
      ...this.status,
      message: `error when ${verb} ${quote(source)}: ${this.message}`,
    });
  }
}

/** No API server was reached. `refused` tells a closed port from other trouble (TLS, DNS, time-outs). */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly host: string;
  readonly refused: boolean;
  constructor(host: string, refused: boolean, message: string) {
    super(message);
    this.host = host;
    this.refused = refused;
  }
}

/** The kubeconfig contradicts itself or the flags. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Several failures of one command: each is printed on its own. */
export class ManyErrors extends Error {
  override readonly name = 'ManyErrors';
  readonly errors: readonly unknown[];
  constructor(errors: readonly unknown[]) {
    super(errors.map(plainMessage).join('\n'));
    this.errors = errors;
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof StatusError && error.reason === 'NotFound';
}

export function isReason(error: unknown, reason: string): boolean {
  return error instanceof StatusError && error.reason === reason;
}

export function plainMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Throws nothing for no errors, the error itself for one, all of them otherwise. */
export function throwAll(errors: readonly unknown[]): void {
  const first = errors[0];
  if (first === undefined) return;
  throw errors.length === 1 ? first : new ManyErrors(errors);
}

function causes(status: JsonObject): string[] {
  const seen = new Set<string>();
  for (const cause of listAt(status, 'details', 'causes')) {
    seen.add(`${stringAt(cause, 'field')}: ${stringAt(cause, 'message')}`);
  }
  return [...seen];
}

function invalidText(error: StatusError): string {
  const { status } = error;
  if (!isObject(status['details'] as Json | undefined)) return `The request is invalid: ${error.message}`;
  const details = objectAt(status, 'details');
  const kind = stringAt(details, 'kind');
  const name = stringAt(details, 'name');
  const why = causes(status);
  let text = 'The request is invalid';
  if (kind !== '' || name !== '') text = `The ${kind} ${quote(name)} is invalid`;
  else if (why.length === 0 && error.message !== '') text += `: ${error.message}`;
  if (why.length === 0) return text;
  const only = why[0];
  // Each cause ends its line, also one that has an end of its own.
  return why.length === 1 && only !== undefined
    ? `${text}: ${only}\n`
    : `${text}: \n${why.map((line) => `* ${line}\n`).join('')}`;
}

/** The text for a failure that came from the server or the network; undefined for kubectl's own. */
export function standardMessage(error: unknown): string | undefined {
  if (error instanceof StatusError) {
    if (error.reason === 'Unauthorized')
      return `error: You must be logged in to the server (${error.message})`;
    if (error.reason !== '') return `Error from server (${error.reason}): ${error.message}`;
    return `Error from server: ${error.message}`;
  }
  if (error instanceof ConnectionError) {
    if (error.refused)
      return `The connection to the server ${error.host} was refused - did you specify the right host or port?`;
    return `Unable to connect to the server: ${error.message}`;
  }
  return undefined;
}

/** What is printed on stderr for a failure, and the exit code. Models `checkErr` of kubectl's cmd/util/helpers.go (v1.33). */
export function describeFailure(error: unknown): { text: string; code: number } {
  if (error instanceof PlainExit) return { text: error.message, code: error.exitCode };
  if (error instanceof StatusError && error.reason === 'Invalid')
    return { text: invalidText(error), code: 1 };
  if (error instanceof ManyErrors) {
    return {
      text: error.errors.map((each) => `${standardMessage(each) ?? plainMessage(each)}\n`).join(''),
      code: 1,
    };
  }
  if (error instanceof ConfigurationError)
    return { text: `Error in configuration: ${error.message}`, code: 1 };
  const standard = standardMessage(error);
  if (standard !== undefined) return { text: standard, code: 1 };
  const message = plainMessage(error);
  return {
    text: message.startsWith('error: ') ? message : `error: ${message}`,
    code: error instanceof KubectlError ? error.exitCode : 1,
  };
}
