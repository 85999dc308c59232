export type StorageErrorCode =
  'key-not-found' | 'key-exists' | 'conflict' | 'invalid-object' | 'too-old' | 'too-new' | 'unreachable';

/** What went wrong between the API server and etcd; the registry words it for the client. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string) {
    super(message);
    this.name = 'StorageError';
    this.code = code;
  }
}
