import type { KubeObject } from '../../api/types.ts';
import { StatusError } from '../../apimachinery/status.ts';
import type { WriteContext } from '../registry/request-options.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { ApiServer } from './api-server.ts';

/** The API server writing for itself. */
export function ownWrite(fieldManager = 'kube-apiserver'): WriteContext {
  return {
    user: { name: 'system:apiserver', groups: ['system:masters'] },
    dryRun: false,
    fieldManager,
    warnings: [],
    admission: [],
    annotations: new Map(),
  };
}

/** Creates an object of version v1 that nobody has made yet. @throws StatusError, StorageError */
export async function createUnlessThere(
  server: ApiServer,
  group: string,
  resource: string,
  object: KubeObject,
): Promise<void> {
  const served = server.resources.find(group, 'v1', resource);
  if (served === undefined) return;
  const { name = '', namespace = '' } = object.metadata ?? {};
  try {
    await server.store.get(served.store.key(namespace, name));
    return;
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'key-not-found') throw error;
  }
  try {
    await served.writer.create(namespace, object, ownWrite());
  } catch (error) {
    // Another API server was faster.
    if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
  }
}
