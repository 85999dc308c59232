import type { FieldValidation } from '../../api/decode-body.ts';
import { newBadRequest, newInvalid } from '../../apimachinery/status.ts';
import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import { forbidden, notSupported } from '../../apimachinery/validation/field-error.ts';
import type { ListRequest } from '../registry/request-options.ts';
import { parseRevision } from '../registry/resource-store.ts';
import { queryFlag } from './request-info.ts';

/** Options of a create, update or patch. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly fieldManager: string;
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

/** The part of the user agent before the first slash: the default field manager. */
function managerOf(userAgent: string | undefined): string {
  return (userAgent ?? 'unknown').split('/')[0]?.slice(0, 128) ?? 'unknown';
}

/** @throws StatusError 422 with upstream's text; `kind` is `CreateOptions`, `UpdateOptions` or `PatchOptions` */
export function parseWriteOptions(
  query: URLSearchParams,
  kind: string,
  userAgent: string | undefined,
): WriteOptions {
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const fieldValidation = query.get('fieldValidation') ?? '';
  const errors = dryRunErrors(dryRun);
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(fieldValidation)) {
    errors.push(notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (kind === 'PatchOptions' && query.has('force')) {
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (errors.length > 0) throw newInvalid(metaKind(kind), '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as FieldValidation),
    fieldManager: query.get('fieldManager') ?? managerOf(userAgent),
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
