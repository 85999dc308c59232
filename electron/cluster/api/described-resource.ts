import { parseApiVersion } from '../apimachinery/gvk.ts';
import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import { RESOURCES } from './generated/resources.ts';
import type { ResourceVerb, SubresourceInfo } from './strategy.ts';

/** A resource as discovery describes it. */
export interface DescribedResource {
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly storageVersionHash: string;
  readonly subresources: readonly {
    readonly name: string;
    /** Group and version of the kind when they are not the resource's own. */
    readonly group?: string;
    readonly version?: string;
    readonly kind: string;
    readonly verbs: readonly string[];
  }[];
}

/** What a strategy takes over from discovery. */
export interface ResourceDescription {
  readonly gvk: GroupVersionKind;
  readonly resource: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly ResourceVerb[];
  readonly storageVersionHash: string;
  readonly subresources: readonly SubresourceInfo[];
}

/** The description of a resource: `described('batch/v1', 'jobs')`. @throws Error when none was recorded */
export function described(apiVersion: string, resource: string): ResourceDescription {
  const found = RESOURCES[`${apiVersion}/${resource}`];
  const own = parseApiVersion(apiVersion);
  if (found === undefined || own === undefined)
    throw new Error(`no description of ${resource} in ${apiVersion}`);
  return {
    ...found,
    gvk: { ...own, kind: found.kind },
    resource,
    verbs: found.verbs as readonly ResourceVerb[],
    subresources: found.subresources.map(({ name, group, version, kind, verbs }) => ({
      name,
      kind: { group: group ?? own.group, version: version ?? own.version, kind },
      verbs: verbs as readonly ResourceVerb[],
    })),
  };
}
