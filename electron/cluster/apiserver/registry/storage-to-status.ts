import type { GroupResource } from '../../apimachinery/gvk.ts';
import {
  newAlreadyExists,
  newBadRequest,
  newInternalError,
  newNotFound,
  newResourceExpired,
  newTooLargeResourceVersion,
  StatusError,
} from '../../apimachinery/status.ts';
import { StorageError } from '../storage/storage-error.ts';

/** What a storage failure says to the client. Anything else comes back as it is. Models registry/rest storage errors (v1.34). */
export function storageToStatus(error: unknown, resource: GroupResource, name: string): unknown {
  if (!(error instanceof StorageError)) return error;
  switch (error.code) {
    case 'key-not-found':
      return newNotFound(resource, name);
    case 'key-exists':
      return newAlreadyExists(resource, name);
    case 'too-old':
      return newResourceExpired(error.message);
    case 'too-new': {
      const asked = /version: (\d+), current: (\d+)/.exec(error.message);
      if (asked === null) return newInternalError(error.message);
      return newTooLargeResourceVersion(Number(asked[1]), Number(asked[2]));
    }
    case 'invalid-object':
      return newBadRequest(error.message);
    case 'conflict':
    case 'unreachable':
      // Upstream hands etcd's own text through, without a reason.
      return new StatusError(500, undefined, error.message);
  }
}
