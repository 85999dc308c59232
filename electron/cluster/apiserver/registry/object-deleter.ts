import type { KubeObject, Status } from '../../api/types.ts';
import { successStatus } from '../../apimachinery/status.ts';
import { groupResourceString } from '../../apimachinery/gvk.ts';
import type { Predicate } from '../storage/predicate.ts';
import { StorageError } from '../storage/storage-error.ts';
import { checkPreconditions, finalizersForDeletion, markDeleted } from './deletion.ts';
import type { DeleteRequestOptions, ListRequest, WriteContext } from './request-options.ts';
import type { ResourceStore } from './resource-store.ts';
import { storageToStatus } from './storage-to-status.ts';

/** Kinds whose immediate deletion answers with the object instead of a Status. */
const RETURN_DELETED_OBJECT = new Set([
  'pods',
  'services',
  'serviceaccounts',
  'persistentvolumes',
  'persistentvolumeclaims',
  'podtemplates',
  'resourcequotas',
  'storageclasses.storage.k8s.io',
]);

/** Deletes objects of one resource. Models Delete and DeleteCollection of registry.Store (v1.34). */
export class ObjectDeleter {
  readonly #target: ResourceStore;

  constructor(target: ResourceStore) {
    this.#target = target;
  }

  /** The object while something still keeps it, otherwise what upstream answers for the kind. @throws StatusError */
  async delete(
    namespace: string,
    name: string,
    options: DeleteRequestOptions,
    write: WriteContext,
  ): Promise<KubeObject | Status> {
    const target = this.#target;
    const { resource } = target;
    try {
      const key = target.key(namespace, name);
      await this.admit(namespace, name, write);
      const known = target.store.peek(key);
      // Judged again, over the present object, before it is deleted.
      const canGo = known !== undefined && this.#marked(target.fromStorage(known), options) === undefined;
      const marked =
        canGo && !write.dryRun ? undefined : await this.#markUnlessImmediate(key, options, write);
      if (marked !== undefined) return marked;
      if (write.dryRun) return this.#answer(target.fromStorage((await target.store.get(key)).object));
      const removed = await target.store.delete(key, (present) => {
        checkPreconditions(target.fromStorage(present), options, resource);
        if (this.#mustStay(target.fromStorage(present), options)) throw new StillNeeded();
      });
      const served = target.fromStorage(removed);
      await target.hooks.afterDelete?.(served);
      return this.#answer(served);
    } catch (error) {
      // Between the look and the deletion somebody added a finalizer: look again.
      if (error instanceof StillNeeded) return this.delete(namespace, name, options, write);
      throw storageToStatus(error, resource, name);
    }
  }

  /** Deletes what matches, one after the other, and returns the list as it was. @throws StatusError */
  async deleteCollection(
    predicate: Predicate,
    request: ListRequest,
    options: DeleteRequestOptions,
    write: WriteContext,
  ) {
    const list = await this.#target.list(predicate, request);
    for (const item of list.items) {
      const { namespace = '', name = '', uid } = item.metadata ?? {};
      try {
        await this.delete(
          namespace,
          name,
          { ...options, preconditions: { ...options.preconditions, ...(uid === undefined ? {} : { uid }) } },
          write,
        );
      } catch (error) {
        const code = (error as { code?: unknown }).code;
        // Gone already, or another of the same name by now: not what was asked to be deleted.
        if (code !== 404 && code !== 409) throw error;
      }
    }
    return list;
  }

  protected async admit(namespace: string, name: string, write: WriteContext): Promise<void> {
    const { strategy, resource, admission, store } = this.#target;
    const key = this.#target.key(namespace, name);
    const stored = store.peek(key) ?? (await store.get(key)).object;
    await admission.validate(
      {
        operation: 'DELETE',
        kind: strategy.gvk,
        resource,
        subresource: '',
        namespace,
        name,
        object: undefined,
        oldObject: this.#target.fromStorage(stored),
        user: write.user,
        dryRun: write.dryRun,
        warnings: write.warnings,
        annotations: write.annotations,
      },
      write.admission,
    );
  }

  /** Marks the object and returns it when something keeps it; undefined when it can go at once. */
  async #markUnlessImmediate(
    key: string,
    options: DeleteRequestOptions,
    write: WriteContext,
  ): Promise<KubeObject | undefined> {
    const target = this.#target;
    let stays = false;
    const mark = (stored: KubeObject | undefined): KubeObject => {
      if (stored === undefined) throw new StorageError('key-not-found', key);
      const object = target.fromStorage(stored);
      checkPreconditions(object, options, target.resource);
      const next = this.#marked(object, options);
      stays = next !== undefined;
      if (next === undefined) throw new CanGo();
      return next === object ? stored : target.toStorage(next);
    };
    try {
      if (write.dryRun) {
        const { object } = await target.store.get(key);
        return target.fromStorage(mark(object));
      }
      const { object } = await target.store.guaranteedUpdate(key, mark);
      return stays ? target.fromStorage(object) : undefined;
    } catch (error) {
      if (error instanceof CanGo) return undefined;
      throw error;
    }
  }

  /**
   * The object as it is once deletion began (the same when nothing changes), or undefined when nothing keeps
   * it. Models rest.BeforeDelete and updateForGracefulDeletionAndFinalizers (v1.34).
   */
  #marked(object: KubeObject, options: DeleteRequestOptions): KubeObject | undefined {
    const { strategy, context } = this.#target;
    const now = context.clock.now();
    const meta = object.metadata ?? {};
    const finalizers = finalizersForDeletion(object, options);
    const asked =
      options.gracePeriodSeconds === undefined ? undefined : Math.max(options.gracePeriodSeconds, 0);
    const request = asked === undefined ? {} : { gracePeriodSeconds: asked };
    const grace = strategy.gracePeriod?.(object, request);
    if (meta.deletionTimestamp !== undefined) {
      const remaining = meta.deletionGracePeriodSeconds ?? 0;
      if (
        grace !== undefined &&
        asked !== undefined &&
        asked < remaining &&
        (asked > 0 || finalizers.length > 0)
      ) {
        return markDeleted(
          object,
          asked,
          finalizers,
          Math.min(now, Date.parse(meta.deletionTimestamp) - asked * 1000),
        );
      }
      if (asked !== 0 && remaining > 0) return object;
      if (finalizers.length === 0) return undefined;
      return finalizers === meta.finalizers || finalizers.length === (meta.finalizers ?? []).length
        ? object
        : { ...object, metadata: { ...meta, finalizers: finalizers as string[] } };
    }
    if (grace !== undefined && grace > 0) return markDeleted(object, grace, finalizers, now);
    if (finalizers.length > 0) return markDeleted(object, 0, finalizers, now);
    return undefined;
  }

  #mustStay(object: KubeObject, options: DeleteRequestOptions): boolean {
    return this.#marked(object, options) !== undefined;
  }

  #answer(object: KubeObject): KubeObject | Status {
    const { resource } = this.#target;
    if (RETURN_DELETED_OBJECT.has(groupResourceString(resource))) return object;
    const { name, uid } = object.metadata ?? {};
    return successStatus({
      ...(name === undefined ? {} : { name }),
      ...(resource.group === '' ? {} : { group: resource.group }),
      kind: resource.resource,
      ...(uid === undefined ? {} : { uid }),
    });
  }
}

class CanGo extends Error {}
class StillNeeded extends Error {}
