import { isControlledBy, nameOf, namespaceOf, newControllerRef } from '../../apimachinery/meta.ts';
import type { Selector } from '../../apimachinery/labels.ts';
import { canonicalText } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/types.ts';
import type { ControllerRevision, PodTemplateSpec } from '../../api/types.ts';
import { isAlreadyExists, isNotFound } from '../../client/api-errors.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import { ControllerRefManager } from '../controller-ref-manager.ts';
import type { ControllerContext } from '../interface.ts';

/** What a revision is made of. */
export interface RevisionDraft {
  /** Follows the owner's name; another one for each name that was taken. */
  hash(collisions: number | undefined): string;
  labels(hash: string): Readonly<Record<string, string>>;
  readonly template: PodTemplateSpec;
}

/** The versions of a workload's template, kept as ControllerRevisions. Models pkg/controller/history (v1.34). */
export class RevisionHistory<O extends KubeObject> {
  readonly #c: ControllerContext;
  readonly #ownerType: ResourceType<O>;
  readonly #informer: SharedInformer<ControllerRevision>;

  constructor(c: ControllerContext, ownerType: ResourceType<O>) {
    this.#c = c;
    this.#ownerType = ownerType;
    this.#informer = c.factory.informer(resourceTypes.controllerRevisions);
  }

  /** Revisions of the owner, the oldest first; orphans that its selector matches are taken in. */
  async list(owner: O, selector: Selector): Promise<ControllerRevision[]> {
    const type = resourceTypes.controllerRevisions;
    const manager = new ControllerRefManager(this.#c.client, type, this.#ownerType, owner, selector);
    const claimed = await manager.claim(this.#informer.lister.namespace(namespaceOf(owner)));
    return claimed.sort((a, b) => a.revision - b.revision || (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** The revision of the present template: one there is, moved to the end, or a new one. */
  async current(
    owner: O,
    revisions: readonly ControllerRevision[],
    draft: RevisionDraft,
  ): Promise<ControllerRevision> {
    const data = revisionData(draft.template);
    const last = revisions.at(-1);
    const next = (last?.revision ?? 0) + 1;
    const equal = revisions.findLast((revision) => sameData(revision, data));
    const client = this.#c.client.resource<ControllerRevision>(
      resourceTypes.controllerRevisions,
      namespaceOf(owner),
    );
    if (equal !== undefined)
      return equal === last ? equal : client.update({ ...equal, revision: next } as ControllerRevision);
    const annotations = owner.metadata?.annotations;
    const ownerReferences = [newControllerRef(owner, this.#ownerType)];
    for (let collisions: number | undefined; ; collisions = (collisions ?? 0) + 1) {
      const hash = draft.hash(collisions);
      const name = `${nameOf(owner)}-${hash}`;
      const metadata = {
        name,
        namespace: namespaceOf(owner),
        labels: draft.labels(hash),
        ...(annotations === undefined ? {} : { annotations }),
        ownerReferences,
      };
      try {
        return await client.create({ metadata, data, revision: next } as unknown as ControllerRevision);
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
      // Our own (the cache was behind), or another workload's of the same name.
      const present = await client.get(name);
      if (isControlledBy(present, owner) && sameData(present, data)) return present;
    }
  }

  /** Deletes the oldest of those not in use, so that `limit` of them stay. */
  async truncate(
    revisions: readonly ControllerRevision[],
    inUse: ReadonlySet<string>,
    limit: number,
  ): Promise<void> {
    const unused = revisions.filter((revision) => !inUse.has(nameOf(revision)));
    for (const revision of unused.slice(0, Math.max(0, unused.length - limit))) {
      const client = this.#c.client.resource<ControllerRevision>(
        resourceTypes.controllerRevisions,
        namespaceOf(revision),
      );
      try {
        await client.delete(nameOf(revision));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }
}

/** A patch that makes the owner's template this one. */
function revisionData(template: PodTemplateSpec): object {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

function sameData(revision: ControllerRevision, data: object): boolean {
  return canonicalText(revision.data) === canonicalText(data);
}

/** The template that a revision holds. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const { spec } = revision.data as {
    readonly spec: { readonly template: PodTemplateSpec & { $patch?: string } };
  };
  const { $patch: _, ...template } = spec.template;
  return template;
}
