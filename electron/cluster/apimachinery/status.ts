import { groupKindString, groupResourceString } from './gvk.ts';
import type { GroupResource } from './gvk.ts';
import type { Status, StatusCause, StatusDetails } from './types.ts';
import type { FieldError } from './validation/field-error.ts';
import { fieldErrorMessage, quote } from './validation/field-error.ts';

/** An API failure: carries the `metav1.Status` that goes to the client. `message` is the Status's message. */
export class StatusError extends Error {
  readonly status: Status & { readonly code: number; readonly message: string; readonly reason?: string };

  constructor(
    code: number,
    reason: string | undefined,
    message: string,
    details?: StatusDetails,
    metadata: NonNullable<Status['metadata']> = {},
  ) {
    super(message);
    this.name = 'StatusError';
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata,
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }

  get code(): number {
    return this.status.code;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** The Status a success without an object answers with, e.g. after a delete. */
export function successStatus(details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details === undefined ? {} : { details }),
  };
}

function resourceDetails(
  resource: GroupResource,
  name: string,
  more: Partial<StatusDetails> = {},
): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    ...(resource.resource === '' ? {} : { kind: resource.resource }),
    ...more,
  };
}

/** `pods "x" not found`. */
export function newNotFound(resource: GroupResource, name: string): StatusError {
  const message = `${groupResourceString(resource)} ${quote(name)} not found`;
  return new StatusError(404, 'NotFound', message, resourceDetails(resource, name));
}

/** No such path: `the server could not find the requested resource`. */
export function newPathNotFound(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** `pods "x" already exists`. */
export function newAlreadyExists(resource: GroupResource, name: string): StatusError {
  const message = `${groupResourceString(resource)} ${quote(name)} already exists`;
  return new StatusError(409, 'AlreadyExists', message, resourceDetails(resource, name));
}

/** The default reason a write loses against another: what a stale resourceVersion gets. */
export const MODIFIED_MESSAGE =
  'the object has been modified; please apply your changes to the latest version and try again';

/** `Operation cannot be fulfilled on pods "x": …`. */
export function newConflict(
  resource: GroupResource,
  name: string,
  why: string = MODIFIED_MESSAGE,
): StatusError {
  const message = `Operation cannot be fulfilled on ${groupResourceString(resource)} ${quote(name)}: ${why}`;
  return new StatusError(409, 'Conflict', message, resourceDetails(resource, name));
}

/** `pods "x" is forbidden: …`; without a name `pods is forbidden: …`. */
export function newForbidden(resource: GroupResource, name: string, why: string): StatusError {
  const what = groupResourceString(resource);
  const subject = resource.resource === '' ? '' : name === '' ? `${what} is ` : `${what} ${quote(name)} is `;
  return new StatusError(403, 'Forbidden', `${subject}forbidden: ${why}`, resourceDetails(resource, name));
}

/** 401. */
export function newUnauthorized(message = 'Unauthorized'): StatusError {
  return new StatusError(401, 'Unauthorized', message);
}

/** 400. */
export function newBadRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

/** Several complaints as one text: one as it is, more in brackets, repeated ones once. */
export function aggregateMessage(errors: readonly FieldError[]): string {
  const messages = [...new Set(errors.map(fieldErrorMessage))];
  return messages.length === 1 ? (messages[0] as string) : `[${messages.join(', ')}]`;
}

/** `Pod "x" is invalid: …`, with one cause a complaint. `kind` is that of the object. */
export function newInvalid(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const causes: StatusCause[] = errors.map((error) => ({
    reason: error.type,
    message: error.body,
    field: error.field,
  }));
  const why = errors.length === 0 ? '' : `: ${aggregateMessage(errors)}`;
  return new StatusError(422, 'Invalid', `${groupKindString(kind)} ${quote(name)} is invalid${why}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    ...(kind.kind === '' ? {} : { kind: kind.kind }),
    ...(causes.length === 0 ? {} : { causes }),
  });
}

/** A patch whose result does not decode: ` "" is invalid: patch: Invalid value: …`. */
export function newInvalidPatchResult(errors: readonly FieldError[]): StatusError {
  return newInvalid({ group: '', kind: '' }, '', errors);
}

/** A well-formed patch that cannot be applied, such as a failed JSON patch `test`. */
export function newUnprocessablePatch(): StatusError {
  return new StatusError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
  );
}

/** `delete is not supported on resources of kind "pods"`. */
export function newMethodNotSupported(resource: GroupResource, action: string): StatusError {
  const message = `${action} is not supported on resources of kind ${quote(groupResourceString(resource))}`;
  return new StatusError(405, 'MethodNotAllowed', message, resourceDetails(resource, ''));
}

/** A path that exists, with a verb it does not have. */
export function newMethodNotAllowed(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

/** 410 `Expired`; with the token by which an inconsistent list may go on, where there is one. */
export function newResourceExpired(message: string, continueToken?: string): StatusError {
  const metadata = continueToken === undefined ? {} : { continue: continueToken };
  return new StatusError(410, 'Expired', message, undefined, metadata);
}

/** A watch from before what is kept: `too old resource version: 5 (10)`. */
export function newTooOldResourceVersion(
  asked: string | number | bigint,
  oldest: string | number | bigint,
): StatusError {
  return newResourceExpired(`too old resource version: ${asked} (${oldest})`);
}

/** 410 `Gone`. */
export function newGone(message: string): StatusError {
  return new StatusError(410, 'Gone', message);
}

/** `Request entity too large: limit is 3145728`. */
export function newRequestEntityTooLarge(message: string): StatusError {
  return new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);
}

/** 415; `accepted` are the media types the server decodes. */
export function newUnsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new StatusError(415, 'UnsupportedMediaType', message);
}

/** 406; `accepted` are the media types the server encodes. */
export function newNotAcceptable(accepted: readonly string[]): StatusError {
  return new StatusError(
    406,
    'NotAcceptable',
    `only the following media types are accepted: ${accepted.join(', ')}`,
  );
}

/** 504. */
export function newTimeout(message: string, retryAfterSeconds = 0): StatusError {
  return new StatusError(504, 'Timeout', `Timeout: ${message}`, retry(retryAfterSeconds));
}

/** A list or watch at a resourceVersion the server has not reached. */
export function newTooLargeResourceVersion(
  asked: number,
  current: number,
  retryAfterSeconds = 1,
): StatusError {
  const message = `Too large resource version: ${asked}, current: ${current}`;
  return new StatusError(504, 'Timeout', `Timeout: ${message}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    ...retry(retryAfterSeconds),
  });
}

/** The operation could not be finished now; 500 with reason ServerTimeout, as upstream. */
export function newServerTimeout(
  resource: GroupResource,
  operation: string,
  retryAfterSeconds = 0,
): StatusError {
  const what = groupResourceString(resource);
  const message = `The ${operation} operation against ${what} could not be completed at this time, please try again.`;
  return new StatusError(
    500,
    'ServerTimeout',
    message,
    resourceDetails(resource, operation, retry(retryAfterSeconds)),
  );
}

/** `Internal error occurred: …`. */
export function newInternalError(message: string): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
  });
}

/** 429. */
export function newTooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return new StatusError(429, 'TooManyRequests', message, retry(retryAfterSeconds));
}

/** 503. */
export function newServiceUnavailable(message: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', message);
}

/** The error's Status, or that of an internal error for anything else. */
export function statusFor(error: unknown): Status {
  if (error instanceof StatusError) return error.status;
  return newInternalError(error instanceof Error ? error.message : String(error)).status;
}

function retry(seconds: number): StatusDetails {
  return seconds > 0 ? { retryAfterSeconds: seconds } : {};
}
