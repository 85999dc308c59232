import type { KubeObject } from '../../api/types.ts';
import type { GroupResource, GroupVersionKind } from '../../apimachinery/gvk.ts';
import type { UserInfo } from '../auth/user.ts';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** What is about to be written, as admission sees it. */
export interface AdmissionAttributes {
  readonly operation: AdmissionOperation;
  readonly kind: GroupVersionKind;
  readonly resource: GroupResource;
  readonly subresource: string;
  readonly namespace: string;
  /** May be empty on a create with generateName. */
  readonly name: string;
  /** Undefined on DELETE. */
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** Texts for the answer's `Warning` headers; plugins add. */
  readonly warnings: string[];
  /** Annotations of the audit event; plugins add. */
  readonly annotations: Map<string, string>;
}

/** The objects of one resource in a namespace, in the order of their names; from memory, none while etcd cannot be asked. */
export type NamespacedObjects = (namespace: string) => Promise<readonly KubeObject[]>;

/**
 * One admission plugin. `admit` may return a changed object (the same reference when it changes nothing);
 * `validate` only judges. Both refuse by throwing a StatusError. Models apiserver/pkg/admission (v1.34).
 */
export interface AdmissionPlugin {
  readonly name: string;
  handles(attributes: AdmissionAttributes): boolean;
  admit?(attributes: AdmissionAttributes, object: KubeObject): KubeObject | Promise<KubeObject>;
  validate?(attributes: AdmissionAttributes): void | Promise<void>;
}
