import type { KubeObject } from '../../api/types.ts';
import { generateName } from '../../apimachinery/names.ts';
import { newBadRequest, newConflict, newInvalid, newNotFound } from '../../apimachinery/status.ts';
import { invalid } from '../../apimachinery/validation/field-error.ts';
import type { AdmissionAttributes } from '../admission/interface.ts';
import type { Uint64 } from '../../etcd/client/interface.ts';
import { EtcdError } from '../../etcd/client/interface.ts';
import { StorageError } from '../storage/storage-error.ts';
import { doorOf } from './door-of.ts';
import type { WriteContext } from './request-options.ts';
import type { ResourceStore } from './resource-store.ts';
import { storageToStatus } from './storage-to-status.ts';
import { formatTime } from '../../apimachinery/time.ts';

/** Models maxNameGenerationCreateAttempts (v1.34). */
const NAME_ATTEMPTS = 8;

/** How an update gets its new object. `current` is undefined when there is none. Runs again after a conflict. */
export type ObjectUpdate = (current: KubeObject | undefined) => KubeObject | Promise<KubeObject>;

export interface UpdateRequest {
  readonly namespace: string;
  readonly name: string;
  /** '' for the object itself, else a subresource such as `status`. */
  readonly subresource: string;
  readonly update: ObjectUpdate;
  /** PUT may create where the kind says so, apply always. */
  readonly create: 'never' | 'if-kind-allows' | 'always';
  /** `update` recorded the field owners itself. */
  readonly owned?: boolean;
}

export interface UpdateResult {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** Creates and updates objects of one resource. Models Create and Update of registry.Store (v1.34). */
export class ObjectWriter {
  readonly #target: ResourceStore;

  constructor(target: ResourceStore) {
    this.#target = target;
  }

  /** `object` is decoded and carries its type. `owned`: field owners are recorded already. @throws StatusError */
  async create(
    namespace: string,
    object: KubeObject,
    write: WriteContext,
    owned = false,
  ): Promise<KubeObject> {
    const { metadata } = object;
    const generated = (metadata?.name ?? '') === '' && (metadata?.generateName ?? '') !== '';
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#createOnce(namespace, object, write, owned);
      } catch (error) {
        const exists = error instanceof StorageError && error.code === 'key-exists';
        if (exists && generated && attempt < NAME_ATTEMPTS) continue;
        throw storageToStatus(
          error,
          this.#target.resource,
          lastName(error, metadata?.name ?? metadata?.generateName ?? ''),
        );
      }
    }
  }

  async #createOnce(
    namespace: string,
    object: KubeObject,
    write: WriteContext,
    owned: boolean,
  ): Promise<KubeObject> {
    const target = this.#target;
    const { strategy, context } = target;
    const now = context.clock.now();
    const attributes = this.#attributes('CREATE', namespace, object.metadata?.name ?? '', '', write);
    let draft = strategy.applyDefaults(inNamespace(object, namespace, strategy.namespaced));
    if (!owned) draft = target.fieldManager('').create(draft, write.fieldManager, formatTime(now));
    draft = await target.admission.admit(
      { ...attributes, object: draft, oldObject: undefined },
      draft,
      write.admission,
    );
    draft = this.#fillSystemFields(draft, now);
    draft = strategy.prepareForCreate(draft, { now, user: write.user });
    const errors = strategy.validateCreate(draft, { now });
    const name = draft.metadata?.name ?? '';
    if (errors.length > 0) throw newInvalid(strategy.gvk, name, errors);
    pushWarnings(write, strategy.warningsOnCreate(draft));
    await target.admission.validate(
      { ...attributes, name, object: draft, oldObject: undefined },
      write.admission,
    );
    const reservation = await target.hooks.beginCreate?.(draft, write.dryRun);
    if (reservation !== undefined) draft = reservation.object;
    let written = false;
    try {
      if (write.dryRun) {
        await target.assertAbsent(namespace, name);
        return draft;
      }
      const options = await this.#expiry();
      const stored = await target.store.create(
        target.key(namespace, name),
        target.toStorage(draft),
        options.lease,
      );
      written = true;
      return target.fromStorage(stored);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'key-exists')
        throw Object.assign(error, { objectName: name });
      throw error;
    } finally {
      await reservation?.finish(written);
    }
  }

  /** The lease of what expires by itself, anew with every write. It is only forgotten by who watches it expire. */
  async #expiry(): Promise<{ readonly lease?: Uint64 }> {
    const { leases, cache } = this.#target;
    if (leases === undefined) return {};
    await cache.tryStart();
    try {
      return { lease: await leases.lease() };
    } catch (error) {
      if (error instanceof EtcdError) throw new StorageError('unreachable', error.message);
      throw error;
    }
  }

  /** @throws StatusError */
  async update(request: UpdateRequest, write: WriteContext): Promise<UpdateResult> {
    const target = this.#target;
    const key = target.key(request.namespace, request.name);
    let result: KubeObject | undefined;
    let deletable = false;
    const updateOnce = async (stored: KubeObject | undefined): Promise<KubeObject> => {
      const current = stored === undefined ? undefined : target.fromStorage(stored);
      const mayCreate =
        request.create === 'always' ||
        (request.create === 'if-kind-allows' && target.strategy.allowCreateOnUpdate);
      if (current === undefined && !mayCreate) {
        throw newNotFound(target.resource, request.name);
      }
      const next = await request.update(current);
      if (current === undefined) throw new CreateInstead(next);
      result = await this.#judgeUpdate(request, next, current, write);
      deletable = isDeletable(target, result, current);
      return target.toStorage(result);
    };
    try {
      if (write.dryRun) {
        const stored = await target.store.getWithRevision(key);
        await updateOnce(stored.object);
        return { object: result as KubeObject, created: false };
      }
      const { object } = await target.store.guaranteedUpdate(key, updateOnce, {
        ignoreNotFound: true,
        ...(await this.#expiry()),
      });
      if (deletable) await this.#deleteNow(key, object);
      return { object: target.fromStorage(object), created: false };
    } catch (error) {
      if (error instanceof CreateInstead) {
        const object = await this.create(request.namespace, error.object, write, request.owned);
        return { object, created: true };
      }
      throw storageToStatus(error, target.resource, request.name);
    }
  }

  /**
   * An update past the kind's strategy, for subresources that change what no ordinary door lets through.
   * Goes the same way afterwards: what nothing keeps any more is deleted. @throws StatusError
   */
  async updateRaw(
    key: string,
    name: string,
    change: (current: KubeObject) => KubeObject,
    write: WriteContext,
  ): Promise<KubeObject> {
    const target = this.#target;
    let deletable = false;
    const update = (stored: KubeObject | undefined): KubeObject => {
      if (stored === undefined) throw newNotFound(target.resource, name);
      const current = target.fromStorage(stored);
      const next = change(current);
      deletable = isDeletable(target, next, current);
      return target.toStorage(next);
    };
    try {
      if (write.dryRun) return target.fromStorage(update((await target.store.get(key)).object));
      const { object } = await target.store.guaranteedUpdate(key, update, await this.#expiry());
      if (deletable) await this.#deleteNow(key, object);
      return target.fromStorage(object);
    } catch (error) {
      throw storageToStatus(error, target.resource, name);
    }
  }

  /** @throws StatusError 409 unless `resourceVersion` is empty or that of `current` */
  assertVersion(resourceVersion: string, current: KubeObject, name: string): void {
    if (resourceVersion === '' || resourceVersion === '0') return;
    if (resourceVersion !== current.metadata?.resourceVersion) throw newConflict(this.#target.resource, name);
  }

  async #judgeUpdate(
    request: UpdateRequest,
    object: KubeObject,
    current: KubeObject,
    write: WriteContext,
  ): Promise<KubeObject> {
    const target = this.#target;
    const { strategy, context } = target;
    const now = context.clock.now();
    this.#checkVersion(object, current, request.name);
    const door = doorOf(strategy, request.subresource) ?? strategy;
    let draft = strategy.applyDefaults(inNamespace(object, request.namespace, strategy.namespaced));
    if (request.owned !== true) {
      const owners = target.fieldManager(request.subresource);
      draft = owners.update(current, draft, write.fieldManager, formatTime(now));
    }
    const attributes = this.#attributes(
      'UPDATE',
      request.namespace,
      request.name,
      request.subresource,
      write,
    );
    draft = await target.admission.admit(
      { ...attributes, object: draft, oldObject: current },
      draft,
      write.admission,
    );
    draft = keepSystemFields(draft, current);
    draft = door.prepareForUpdate(draft, current, { now });
    const errors = door.validateUpdate(draft, current, { now });
    if (errors.length > 0) throw newInvalid(strategy.gvk, request.name, errors);
    pushWarnings(write, door.warningsOnUpdate(draft, current));
    await target.admission.validate({ ...attributes, object: draft, oldObject: current }, write.admission);
    const reservation = await target.hooks.beginUpdate?.(draft, current, write.dryRun);
    if (reservation === undefined) return draft;
    await reservation.finish(!write.dryRun);
    return reservation.object;
  }

  #checkVersion(object: KubeObject, current: KubeObject, name: string): void {
    const { strategy, resource } = this.#target;
    const { resourceVersion = '', uid = '' } = object.metadata ?? {};
    if (uid !== '' && uid !== current.metadata?.uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata?.uid ?? ''}`;
      throw newConflict(resource, name, why);
    }
    if (resourceVersion === '' || resourceVersion === '0') {
      if (strategy.allowUnconditionalUpdate) return;
      const error = invalid('metadata.resourceVersion', 0, 'must be specified for an update');
      throw newInvalid(strategy.gvk, name, [
        { ...error, body: 'Invalid value: 0x0: must be specified for an update' },
      ]);
    }
    if (resourceVersion !== current.metadata?.resourceVersion) throw newConflict(resource, name);
  }

  /** An update took away the last thing that kept a terminating object: it goes at once. */
  async #deleteNow(key: string, object: KubeObject): Promise<void> {
    const { uid, resourceVersion } = object.metadata ?? {};
    try {
      await this.#target.store.delete(key, (present) => {
        if (present.metadata?.uid !== uid || present.metadata?.resourceVersion !== resourceVersion)
          throw new Superseded();
      });
      await this.#target.hooks.afterDelete?.(this.#target.fromStorage(object));
    } catch (error) {
      // Somebody else has deleted or changed it: then it is theirs to finish.
      if (error instanceof Superseded || (error instanceof StorageError && error.code === 'key-not-found'))
        return;
      throw error;
    }
  }

  #fillSystemFields(object: KubeObject, now: number): KubeObject {
    const { context } = this.#target;
    const meta = object.metadata ?? {};
    const base = meta.generateName ?? '';
    const name = meta.name ?? '';
    return {
      ...object,
      metadata: {
        ...meta,
        ...(name === '' && base !== '' ? { name: generateName(base, context.rand) } : {}),
        uid: context.rand.uuid(),
        creationTimestamp: formatTime(now),
        resourceVersion: undefined,
        deletionTimestamp: undefined,
        deletionGracePeriodSeconds: undefined,
        selfLink: undefined,
        // Kinds that count generations begin with 1 themselves.
        generation: undefined,
      },
    };
  }

  #attributes(
    operation: 'CREATE' | 'UPDATE',
    namespace: string,
    name: string,
    subresource: string,
    write: WriteContext,
  ): Omit<AdmissionAttributes, 'object' | 'oldObject'> {
    const { strategy, resource } = this.#target;
    return {
      operation,
      kind: strategy.gvk,
      resource,
      subresource,
      namespace,
      name,
      user: write.user,
      dryRun: write.dryRun,
      warnings: write.warnings,
      annotations: write.annotations,
    };
  }
}

/** Tells `update` that the object does not exist yet and may be created. */
class CreateInstead extends Error {
  readonly object: KubeObject;

  constructor(object: KubeObject) {
    super('create on update');
    this.object = object;
  }
}

class Superseded extends Error {}

function lastName(error: unknown, fallback: string): string {
  return (error as { objectName?: string } | null)?.objectName ?? fallback;
}

function pushWarnings(write: WriteContext, warnings: readonly string[]): void {
  for (const warning of warnings) if (!write.warnings.includes(warning)) write.warnings.push(warning);
}

/** @throws StatusError when the object names another namespace than the path */
function inNamespace(object: KubeObject, namespace: string, namespaced: boolean): KubeObject {
  const given = object.metadata?.namespace ?? '';
  if (!namespaced) return object;
  if (given === namespace) return object;
  if (given === '') return { ...object, metadata: { ...object.metadata, namespace } };
  throw newBadRequest(
    'the namespace of the provided object does not match the namespace sent on the request',
  );
}

/** What no client can take away or change is put back as it was. Models ValidateObjectMetaAccessorUpdate and BeforeUpdate (v1.34). */
function keepSystemFields(object: KubeObject, current: KubeObject): KubeObject {
  const before = current.metadata ?? {};
  const meta = object.metadata ?? {};
  return {
    ...object,
    metadata: {
      ...meta,
      uid: meta.uid ?? before.uid,
      // An unconditional update means whatever is there now.
      resourceVersion: before.resourceVersion,
      creationTimestamp: meta.creationTimestamp ?? before.creationTimestamp,
      generation: before.generation,
      ...(before.deletionTimestamp === undefined
        ? { deletionTimestamp: undefined, deletionGracePeriodSeconds: undefined }
        : {
            deletionTimestamp: before.deletionTimestamp,
            deletionGracePeriodSeconds: meta.deletionGracePeriodSeconds ?? before.deletionGracePeriodSeconds,
          }),
      selfLink: undefined,
    },
  };
}

function isDeletable(target: ResourceStore, object: KubeObject, current: KubeObject): boolean {
  const special = target.hooks.deletableAfterUpdate;
  if (special !== undefined) return special(object, current);
  const before = current.metadata ?? {};
  if (before.deletionTimestamp === undefined) return false;
  if ((object.metadata?.finalizers ?? []).length > 0) return false;
  return (before.deletionGracePeriodSeconds ?? 0) === 0;
}
