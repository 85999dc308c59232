import type { FieldValidation } from '../../api/decode-body.ts';
import { newBadRequest, newInvalid } from '../../apimachinery/status.ts';
import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../../apimachinery/validation/field-error.ts';
import type { ListRequest } from '../registry/request-options.ts';
import { parseRevision } from '../registry/resource-store.ts';
import { NO_QUERY, queryFlag } from './request-info.ts';

/** Options of a create, update or patch. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly fieldManager: string;
  /** Server-side apply takes fields from others. */
  readonly force: boolean;
}

export interface WatchRequestOptions {
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  readonly sendInitialEvents: boolean;
  /** Seconds; 0 when not asked for. */
  readonly timeoutSeconds: number;
}

const metaKind = (kind: string) => ({ group: 'meta.k8s.io', kind });

function dryRunErrors(values: readonly string[]): FieldError[] {
  if (values.length === 0 || (values.length === 1 && values[0] === 'All')) return [];
  return [
    {
      ...notSupported('dryRun', '', ['All']),
      body: `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`,
    },
  ];
}

const MAX_MANAGER_LENGTH = 128;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Field managers by user agent: clients are few and ask often. */
const managers = new Map<string, string>();
const MAX_REMEMBERED_MANAGERS = 1000;

/** The part of the user agent before the first slash, as far as it can be printed: the default field manager. */
function managerOf(userAgent = ''): string {
  const known = managers.get(userAgent);
  if (known !== undefined) return known;
  const manager = readManager(userAgent);
  if (managers.size < MAX_REMEMBERED_MANAGERS && userAgent.length <= MAX_MANAGER_LENGTH)
    managers.set(userAgent, manager);
  return manager;
}

function readManager(userAgent: string): string {
  const prefix = userAgent.split('/')[0] ?? '';
  const printable = [...prefix].filter((character) => PRINTABLE.test(character)).join('');
  return printable === '' ? 'unknown' : printable.slice(0, MAX_MANAGER_LENGTH);
}

/** Models ValidateFieldManager (v1.34). */
function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (manager.length > MAX_MANAGER_LENGTH) errors.push(tooLong('fieldManager', MAX_MANAGER_LENGTH));
  let position = 0;
  for (const character of manager) {
    if (!PRINTABLE.test(character)) {
      const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid('fieldManager', manager, `invalid character U+${code} (at position ${position})`));
    }
    position += new TextEncoder().encode(character).length;
  }
  return errors;
}

/** Go's idea of a boolean option; undefined when it is not given. */
function optionalBoolean(query: URLSearchParams, name: string): boolean | undefined {
  return query.has(name) ? queryFlag(query, name) : undefined;
}

/**
 * `kind` is `CreateOptions`, `UpdateOptions` or `PatchOptions`; `apply` says that the patch is server-side apply.
 * @throws StatusError 422 with upstream's text
 */
export function parseWriteOptions(
  query: URLSearchParams,
  kind: string,
  userAgent: string | undefined,
  apply = false,
): WriteOptions {
  // Components' own writes have no query.
  if (query === NO_QUERY && !apply)
    return { dryRun: false, fieldValidation: 'Warn', fieldManager: managerOf(userAgent), force: false };
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const fieldValidation = query.get('fieldValidation') ?? '';
  const fieldManager = query.get('fieldManager') ?? '';
  const force = kind === 'PatchOptions' ? optionalBoolean(query, 'force') : undefined;
  const errors: FieldError[] = [];
  if (!apply && force !== undefined)
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  if (apply && fieldManager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  errors.push(...managerErrors(fieldManager), ...dryRunErrors(dryRun));
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(fieldValidation)) {
    errors.push(notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) throw newInvalid(metaKind(kind), '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as FieldValidation),
    fieldManager: fieldManager === '' ? managerOf(userAgent) : fieldManager,
    force: force ?? false,
  };
}

/** @throws StatusError 422 */
export function parseDryRun(values: readonly string[]): boolean {
  const errors = dryRunErrors(values);
  if (errors.length > 0) throw newInvalid(metaKind('DeleteOptions'), '', errors);
  return values.length > 0;
}

function parseInteger(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (text === '') return 0;
  if (!/^-?\d{1,15}$/.test(text)) {
    throw newBadRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Number(text);
}

/** @throws StatusError 400, 422 */
export function parseListRequest(query: URLSearchParams): ListRequest {
  const request: ListRequest = {
    limit: Math.max(0, parseInteger(query, 'limit')),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
  };
  const { resourceVersion, resourceVersionMatch: match, continueToken } = request;
  parseRevision(resourceVersion);
  const errors: FieldError[] = [];
  if (query.has('sendInitialEvents'))
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  if (match !== '') {
    if (resourceVersion === '') {
      errors.push(
        forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden unless resourceVersion is provided',
        ),
      );
    }
    if (continueToken !== '') {
      errors.push(
        forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'),
      );
    }
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && resourceVersion === '0') {
      errors.push(
        forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
        ),
      );
    }
  }
  if (errors.length > 0) throw newInvalid(metaKind('ListOptions'), '', errors);
  if (continueToken !== '' && resourceVersion !== '' && resourceVersion !== '0') {
    throw newBadRequest('specifying resource version is not allowed when using continue');
  }
  return request;
}

/** @throws StatusError 400, 422 */
export function parseWatchOptions(query: URLSearchParams): WatchRequestOptions {
  const resourceVersion = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const asked = query.has('sendInitialEvents');
  const errors: FieldError[] = [];
  if (asked && match !== 'NotOlderThan') {
    errors.push(
      forbidden(
        'resourceVersionMatch',
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ),
    );
  } else if (!asked && match !== '') {
    errors.push(
      forbidden(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    );
  }
  if (errors.length > 0) throw newInvalid(metaKind('ListOptions'), '', errors);
  parseRevision(resourceVersion);
  return {
    resourceVersion,
    bookmarks: queryFlag(query, 'allowWatchBookmarks'),
    sendInitialEvents: queryFlag(query, 'sendInitialEvents'),
    timeoutSeconds: Math.max(0, parseInteger(query, 'timeoutSeconds')),
  };
}
