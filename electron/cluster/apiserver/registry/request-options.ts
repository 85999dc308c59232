import type { DeleteOptions } from '../../client/interface.ts';
import type { UserInfo } from '../auth/user.ts';

/** What the registry knows of the request behind a write. Collects what goes back beside the object. */
export interface WriteContext {
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  /** Texts for `Warning` headers. */
  readonly warnings: string[];
  /** Which admission plugins changed or refused the object. */
  readonly admission: string[];
  /** Annotations of the audit event. */
  readonly annotations: Map<string, string>;
}

export interface ListRequest {
  readonly limit: number;
  readonly continueToken: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
}

/** metav1.DeleteOptions after decoding. */
export interface DeleteRequestOptions extends DeleteOptions {
  readonly orphanDependents?: boolean;
}

/** Which door an update comes through. */
export type UpdateDoor = 'main' | 'status';
