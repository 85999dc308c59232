import type { KubeObject, OwnerReference } from '../../apimachinery/types.ts';
import { uidOf } from '../../apimachinery/meta.ts';
import { errorText, isConflict, isNotFound } from '../../client/api-errors.ts';
import { discoverResources } from '../../client/discovery.ts';
import type { DeleteOptions } from '../../client/interface.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { groupResource } from '../../client/resource-type.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import type { GraphNode, ObjectReference } from './graph-node.ts';
import { blockingDependents, describe } from './graph-node.ts';
import { foregroundFinalizer, OwnerGraph, orphanFinalizer } from './owner-graph.ts';

const discoveryPeriod = 30_000;
const absentOwnersKept = 500;
/** Events are many, own nothing and are owned by nothing. */
const ignored = new Set(['events', 'events.events.k8s.io']);

interface SortedOwners {
  readonly solid: readonly OwnerReference[];
  readonly dangling: readonly OwnerReference[];
  readonly waiting: readonly OwnerReference[];
}

/** Deletes what has lost its owners. Models pkg/controller/garbagecollector (v1.34). */
export class GarbageCollector implements Controller {
  readonly #c: ControllerContext;
  readonly #workers: number;
  readonly #toDelete: WorkQueue;
  readonly #toOrphan: WorkQueue;
  readonly #graph: OwnerGraph;
  readonly #types = new Map<string, ResourceType>();
  readonly #watched = new Map<string, ResourceType>();
  readonly #absentOwners = new Set<string>();

  constructor(c: ControllerContext, workers = 20) {
    this.#c = c;
    this.#workers = workers;
    const subjectOf = (uid: string): string | undefined => {
      const node = this.#graph.get(uid);
      return node === undefined ? undefined : this.#subjectOf(node);
    };
    this.#toDelete = c.journal.queue('garbage_collector_attempt_to_delete', { subjectOf });
    this.#toOrphan = c.journal.queue('garbage_collector_attempt_to_orphan', { subjectOf });
    this.#graph = new OwnerGraph({
      attemptToDelete: (uid) => this.#toDelete.add(uid),
      attemptToOrphan: (uid) => this.#toOrphan.add(uid),
    });
  }

  /** Number of objects in the owner graph. */
  get graphSize(): number {
    return this.#graph.size;
  }

  run(): void {
    const { context } = this.#c;
    context.go(async () => {
      while (!(await this.#discover())) await context.clock.sleep(5000);
      await this.#c.factory.waitForCacheSync();
      const common = { workers: this.#workers };
      runWorkers(context, { ...common, queue: this.#toDelete, sync: (uid) => this.#attemptToDelete(uid) });
      runWorkers(context, { ...common, queue: this.#toOrphan, sync: (uid) => this.#attemptToOrphan(uid) });
      for (;;) {
        await context.clock.sleep(discoveryPeriod);
        await this.#discover();
      }
    });
  }

  /** Watches every resource that can be deleted, listed and watched. False when the API server could not be asked. */
  async #discover(): Promise<boolean> {
    try {
      const types = await discoverResources(this.#c.client);
      this.#forgetAllBut(new Set(types.map(groupResource)));
      for (const type of types) {
        this.#types.set(`${type.apiVersion}/${type.kind}`, type);
        const name = groupResource(type);
        const usable = ['delete', 'list', 'watch'].every((verb) => type.verbs.includes(verb));
        if (!usable || ignored.has(name) || this.#watched.has(name)) continue;
        this.#watched.set(name, type);
        this.#c.factory.informer<KubeObject>(type).addEventHandler({
          onAdd: (object) => this.#graph.observe(type, undefined, object),
          onUpdate: (old, object) => {
            if (uidOf(old) !== uidOf(object)) this.#graph.remove(uidOf(old));
            this.#graph.observe(type, old, object);
          },
          onDelete: (object) => {
            this.#rememberAbsent(uidOf(object));
            this.#graph.remove(uidOf(object));
          },
        });
      }
      return true;
    } catch (error) {
      this.#c.context.log.warn('failed to discover some groups', {
        err: errorText(error),
      });
      return false;
    }
  }

  /** Resources whose definition is gone are no longer watched. */
  #forgetAllBut(present: ReadonlySet<string>): void {
    for (const [name, type] of this.#watched) {
      if (present.has(name)) continue;
      this.#watched.delete(name);
      this.#types.delete(`${type.apiVersion}/${type.kind}`);
      this.#c.factory.forget(type);
    }
  }

  async #attemptToDelete(uid: string): Promise<void> {
    const node = this.#graph.get(uid);
    if (node === undefined) return;
    if (node.beingDeleted && !node.deletingDependents) return;
    if (node.virtual) {
      await this.#checkVirtual(node);
      return;
    }
    if (!node.deletingDependents && node.owners.every((reference) => this.#isSettled(node, reference)))
      return;
    const latest = await this.#read(node.identity, node.identity.namespace);
    // Gone, or another of the same name: the watch will say so.
    if (latest === undefined || uidOf(latest) !== uid) return;
    if (node.deletingDependents) {
      await this.#deleteDependentsFirst(node, latest);
      return;
    }
    const owners = latest.metadata?.ownerReferences ?? [];
    if (owners.length === 0) return;
    const sorted = await this.#sortOwners(node, owners);
    const { solid, dangling, waiting } = sorted;
    if (solid.length > 0) {
      if (dangling.length + waiting.length === 0) return;
      this.#decide(node, 'drop-references', sorted);
      await this.#dropOwners(
        node,
        [...dangling, ...waiting].map((owner) => owner.uid),
      );
      return;
    }
    if (waiting.length > 0 && node.dependents.size > 0) {
      // Its owner waits for it, and it has dependents of its own: they go first. In a circle somebody has to begin.
      if ([...node.dependents].some((dependent) => dependent.deletingDependents))
        await this.#unblockOwners(node, latest);
      this.#decide(node, 'delete-foreground', sorted);
      await this.#delete(node, latest, 'Foreground');
      return;
    }
    const finalizers = latest.metadata?.finalizers ?? [];
    const policy = finalizers.includes(orphanFinalizer)
      ? 'Orphan'
      : finalizers.includes(foregroundFinalizer)
        ? 'Foreground'
        : 'Background';
    this.#decide(node, 'delete', sorted);
    await this.#delete(node, latest, policy);
  }

  /** Is there such an owner? If not, what refers to it is looked at. */
  async #checkVirtual(node: GraphNode): Promise<void> {
    const { uid } = node.identity;
    const type = this.#typeOf(node.identity);
    if (type === undefined)
      throw new Error(`unable to get REST mapping for ${node.identity.apiVersion}/${node.identity.kind}.`);
    if (this.#absentOwners.has(uid)) {
      this.#graph.remove(uid);
      return;
    }
    const latest = await this.#read(node.identity, type.namespaced ? node.identity.namespace : '');
    // Found: the informer's own event replaces the virtual node.
    if (latest !== undefined && uidOf(latest) === uid) return;
    this.#rememberAbsent(uid);
    this.#graph.remove(uid);
  }

  async #deleteDependentsFirst(node: GraphNode, latest: KubeObject): Promise<void> {
    const blocking = blockingDependents(node);
    if (blocking.length === 0) {
      this.#decide(node, 'finish-foreground', undefined);
      await this.#removeFinalizer(node, latest, foregroundFinalizer);
      return;
    }
    for (const dependent of blocking)
      if (!dependent.deletingDependents) this.#toDelete.add(dependent.identity.uid);
  }

  async #sortOwners(node: GraphNode, owners: readonly OwnerReference[]): Promise<SortedOwners> {
    const solid: OwnerReference[] = [];
    const dangling: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    for (const reference of owners) {
      if (this.#absentOwners.has(reference.uid)) {
        dangling.push(reference);
        continue;
      }
      const type = this.#types.get(`${reference.apiVersion}/${reference.kind}`);
      if (type === undefined)
        throw new Error(`unable to get REST mapping for ${reference.apiVersion}/${reference.kind}.`);
      const identity: ObjectReference = { ...reference, namespace: node.identity.namespace };
      const owner = await this.#read(identity, type.namespaced ? node.identity.namespace : '');
      if (owner === undefined || uidOf(owner) !== reference.uid) {
        this.#rememberAbsent(reference.uid);
        dangling.push(reference);
      } else if (
        owner.metadata?.deletionTimestamp !== undefined &&
        owner.metadata.finalizers?.includes(foregroundFinalizer) === true
      ) {
        waiting.push(reference);
      } else {
        solid.push(reference);
      }
    }
    return { solid, dangling, waiting };
  }

  async #attemptToOrphan(uid: string): Promise<void> {
    const owner = this.#graph.get(uid);
    if (owner === undefined) return;
    this.#decide(owner, 'orphan', undefined);
    const results = await Promise.allSettled(
      [...owner.dependents].map((dependent) => this.#dropOwners(dependent, [uid])),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    const latest = await this.#read(owner.identity, owner.identity.namespace);
    if (latest !== undefined && uidOf(latest) === uid)
      await this.#removeFinalizer(owner, latest, orphanFinalizer);
  }

  async #dropOwners(node: GraphNode, uids: readonly string[]): Promise<void> {
    const references = uids.map((uid) => ({ $patch: 'delete', uid }));
    const patch = { metadata: { ownerReferences: references, uid: node.identity.uid } };
    try {
      await this.#clientOf(node.identity, node.identity.namespace).patch(
        node.identity.name,
        'application/strategic-merge-patch+json',
        patch,
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #unblockOwners(node: GraphNode, latest: KubeObject): Promise<void> {
    const references = (latest.metadata?.ownerReferences ?? []).map((reference) => ({
      ...reference,
      blockOwnerDeletion: false,
    }));
    const patch = {
      metadata: {
        ownerReferences: references,
        uid: node.identity.uid,
        resourceVersion: latest.metadata?.resourceVersion,
      },
    };
    await this.#clientOf(node.identity, node.identity.namespace).patch(
      node.identity.name,
      'application/merge-patch+json',
      patch,
    );
  }

  async #removeFinalizer(node: GraphNode, latest: KubeObject, finalizer: string): Promise<void> {
    const { identity } = node;
    let current: KubeObject | undefined = latest;
    for (let attempt = 0; attempt < 5 && current !== undefined; attempt += 1) {
      const finalizers: readonly string[] = current.metadata?.finalizers ?? [];
      if (!finalizers.includes(finalizer)) return;
      const kept = finalizers.filter((name) => name !== finalizer);
      const patch = { metadata: { resourceVersion: current.metadata?.resourceVersion, finalizers: kept } };
      try {
        await this.#clientOf(identity, identity.namespace).patch(
          identity.name,
          'application/merge-patch+json',
          patch,
        );
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        if (!isConflict(error)) throw error;
        current = await this.#read(identity, identity.namespace);
      }
    }
    if (current !== undefined)
      throw new Error(
        `updateMaxRetries(5) has reached. The garbage collector will retry later for owner ${identity.uid}.`,
      );
  }

  async #delete(
    node: GraphNode,
    latest: KubeObject,
    propagationPolicy: NonNullable<DeleteOptions['propagationPolicy']>,
  ): Promise<void> {
    const { uid, name, namespace } = node.identity;
    const resourceVersion = latest.metadata?.resourceVersion;
    try {
      await this.#clientOf(node.identity, namespace).delete(name, {
        preconditions: { uid, resourceVersion },
        propagationPolicy,
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** The owner is there and stays: no need to ask. Should it go, its event brings this object back. */
  #isSettled(node: GraphNode, { uid }: OwnerReference): boolean {
    const owner = this.#graph.get(uid);
    if (owner === undefined || owner.virtual || owner.beingDeleted || owner.deletingDependents) return false;
    return owner.identity.namespace === '' || owner.identity.namespace === node.identity.namespace;
  }

  async #read(identity: ObjectReference, namespace: string): Promise<KubeObject | undefined> {
    try {
      return await this.#clientOf(identity, namespace).get(identity.name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #typeOf({ apiVersion, kind }: ObjectReference): ResourceType | undefined {
    return this.#types.get(`${apiVersion}/${kind}`);
  }

  #clientOf(identity: ObjectReference, namespace: string) {
    const type = this.#typeOf(identity);
    if (type === undefined)
      throw new Error(`unable to get REST mapping for ${identity.apiVersion}/${identity.kind}.`);
    return this.#c.client.resource<KubeObject>(type, namespace);
  }

  #rememberAbsent(uid: string): void {
    this.#absentOwners.delete(uid);
    this.#absentOwners.add(uid);
    if (this.#absentOwners.size <= absentOwnersKept) return;
    const oldest = this.#absentOwners.values().next();
    if (oldest.done !== true) this.#absentOwners.delete(oldest.value);
  }

  #subjectOf({ identity }: GraphNode): string {
    const { namespace, name, kind } = identity;
    const resource = this.#typeOf(identity)?.resource ?? kind;
    return `${resource} ${namespace === '' ? name : `${namespace}/${name}`}`;
  }

  #decide(node: GraphNode, action: string, owners: SortedOwners | undefined): void {
    const names = (list: readonly OwnerReference[] | undefined): string[] =>
      (list ?? []).map(({ kind, name }) => `${kind} ${name}`);
    decide(this.#c, {
      subject: this.#subjectOf(node),
      action,
      desired: 'only objects whose owners exist',
      observed:
        owners === undefined
          ? describe(node.identity)
          : `owners: ${owners.solid.length} present, ${owners.dangling.length} absent, ${owners.waiting.length} waiting`,
      detail: {
        present: names(owners?.solid),
        absent: names(owners?.dangling),
        waiting: names(owners?.waiting),
      },
    });
  }
}
