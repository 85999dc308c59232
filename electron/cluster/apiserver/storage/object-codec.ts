import type { ByteString } from '../../../base/byte-string.ts';
import { byteStringToUtf8, utf8ToByteString } from '../../../base/byte-string.ts';
import type { KubeObject } from '../../api/types.ts';
import type { KeyValue } from '../../etcd/client/interface.ts';
import { StorageError } from './storage-error.ts';

/** The same object carrying the revision at which it was written. */
export function withResourceVersion(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

/** The text that goes to etcd: JSON without the resourceVersion, which is etcd's own revision. */
export function encodeObject(object: KubeObject): ByteString {
  const stored =
    object.metadata !== undefined && object.metadata.resourceVersion === undefined
      ? object
      : { ...object, metadata: { ...object.metadata, resourceVersion: undefined } };
  return utf8ToByteString(JSON.stringify(stored));
}

/** @throws StorageError `invalid-object` when the value is no JSON object */
export function decodeObject(kv: KeyValue): KubeObject {
  let value: unknown;
  try {
    value = JSON.parse(byteStringToUtf8(kv.value));
  } catch {
    throw new StorageError('invalid-object', `unable to decode ${kv.key}: not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StorageError('invalid-object', `unable to decode ${kv.key}: not an object`);
  }
  return withResourceVersion(value, kv.modRevision);
}
