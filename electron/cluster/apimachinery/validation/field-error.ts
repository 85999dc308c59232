/** The kinds of field error; the value is the cause's `reason` on the wire. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid';

/** One complaint about one field. `detail` is the whole text after the field: `Invalid value: "x": why`. */
export interface FieldError {
  readonly type: FieldErrorType;
  /** e.g. `spec.containers[0].name`. */
  readonly field: string;
  readonly body: string;
}

/** `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export function fieldErrorMessage(error: FieldError): string {
  return `${error.field}: ${error.body}`;
}

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, body: withDetail('Required value', detail) };
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return {
    type: 'FieldValueInvalid',
    field,
    body: withDetail(`Invalid value: ${describeValue(value)}`, detail),
  };
}

export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return {
    type: 'FieldValueTypeInvalid',
    field,
    body: withDetail(`Invalid value: ${describeValue(value)}`, detail),
  };
}

/** `supported` in the order to print; upstream sorts some of its lists and the callers here do as it does. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const detail =
    supported.length > 0 ? `supported values: ${supported.map((item) => quote(item)).join(', ')}` : '';
  return {
    type: 'FieldValueNotSupported',
    field,
    body: withDetail(`Unsupported value: ${describeValue(value)}`, detail),
  };
}

export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, body: withDetail('Forbidden', detail) };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, body: `Duplicate value: ${describeValue(value)}` };
}

export function notFound(field: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, body: `Not found: ${describeValue(value)}` };
}

/** The value itself is left out: it is long. */
export function tooLong(field: string, maxLength: number): FieldError {
  const detail =
    maxLength < 0
      ? 'value is too long'
      : `may not be more than ${maxLength} ${maxLength === 1 ? 'byte' : 'bytes'}`;
  return { type: 'FieldValueTooLong', field, body: `Too long: ${detail}` };
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  const detail = max < 0 ? 'has too many items' : `must have at most ${max} ${max === 1 ? 'item' : 'items'}`;
  return { type: 'FieldValueTooMany', field, body: `Too many: ${actual}: ${detail}` };
}

export function internalError(field: string, message: string): FieldError {
  return { type: 'InternalError', field, body: `Internal error: ${message}` };
}

/** A value as messages show it: strings quoted, objects as JSON, an empty (nil) map or list as `null`. */
export function describeValue(value: unknown): string {
  if (value === undefined) return '"null"';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value as number | boolean | bigint);
}

/** A Go-quoted string. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

function withDetail(body: string, detail: string): string {
  return detail === '' ? body : `${body}: ${detail}`;
}
