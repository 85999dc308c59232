import { StatusError } from '../apimachinery/status.ts';
import type { Status } from '../apimachinery/types.ts';

/** The `metav1.Status` that an API failure carries; undefined for anything else (no answer at all, a bug). */
export function statusOf(error: unknown): Status | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error as { status: unknown };
  return typeof status === 'object' && status !== null && 'code' in status ? (status as Status) : undefined;
}

/** True when the server answered with a failure (of this code). */
export function isStatusCode(error: unknown, code?: number): boolean {
  const status = statusOf(error);
  return status !== undefined && (code === undefined || status.code === code);
}

export function hasReason(error: unknown, reason: string): boolean {
  return statusOf(error)?.reason === reason;
}

export function isNotFound(error: unknown): boolean {
  return isStatusCode(error, 404);
}

export function isAlreadyExists(error: unknown): boolean {
  return hasReason(error, 'AlreadyExists');
}

export function isConflict(error: unknown): boolean {
  return hasReason(error, 'Conflict');
}

export function isForbidden(error: unknown): boolean {
  return isStatusCode(error, 403);
}

export function isInvalid(error: unknown): boolean {
  return hasReason(error, 'Invalid');
}

/** A resourceVersion, or a list's continuation, too old to go on from. */
export function isExpired(error: unknown): boolean {
  return hasReason(error, 'Expired');
}

export function isGone(error: unknown): boolean {
  return isStatusCode(error, 410);
}

/** The server said which cause it was, e.g. `NamespaceTerminating`. */
export function hasStatusCause(error: unknown, cause: string): boolean {
  return statusOf(error)?.details?.causes?.some((candidate) => candidate.reason === cause) ?? false;
}

/** The error for a failed answer. */
export function statusError(status: Status): StatusError {
  return new StatusError(status.code ?? 500, status.reason, status.message ?? 'unknown', status.details);
}

/** What an error says: its message, or whatever was thrown as text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
