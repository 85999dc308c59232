import { CUSTOM_RESOURCE_CLEANUP } from '../../api/apiextensions/v1/custom-resource-definition/strategy.ts';
import type { ConditionState } from '../../api/apiextensions/v1/custom-resource-definition/conditions.ts';
import {
  isDefinitionTrue,
  withDefinitionCondition,
} from '../../api/apiextensions/v1/custom-resource-definition/conditions.ts';
import { defineKinds } from '../../api/apiextensions/custom-resource/define-kinds.ts';
import type { CustomResourceDefinition, KubeObject } from '../../api/types.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ComponentContext } from '../../client/component-context.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import type { WatchEvent } from '../../client/interface.ts';
import { buildPredicate } from '../endpoints/predicate.ts';
import type { ServedResource } from '../endpoints/served-resource.ts';
import type { ApiServer } from '../server/api-server.ts';
import { ownWrite } from '../server/own-writes.ts';
import { StorageError } from '../storage/storage-error.ts';
import { withAcceptedNames } from './accepted-names.ts';
import { registerApiServices } from './register-api-services.ts';

/** Virtual milliseconds. */
const RETRY_AFTER = 1_000;
const POLL_INSTANCES = 5_000;

/** What a definition looked like when its kinds were last put up for service. */
interface Serving {
  readonly definition: CustomResourceDefinition;
  readonly prefix: string;
  readonly resources: readonly ServedResource[];
}

/**
 * Gives definitions their names, serves their kinds, and empties those that are being deleted. Models the
 * controllers and crdHandler of apiextensions-apiserver (v1.34), which run in kube-apiserver.
 */
export class DefinitionController {
  readonly #server: ApiServer;
  readonly #context: ComponentContext;
  readonly #queue: WorkQueue;
  readonly #serving = new Map<string, Serving>();

  constructor(server: ApiServer, context: ComponentContext) {
    this.#server = server;
    this.#context = context;
    this.#queue = new WorkQueue(context, 'crd');
  }

  /** Starts, and resolves once every definition that is there now is served. */
  async run(): Promise<void> {
    const definitions = this.#server.resources.find(
      'apiextensions.k8s.io',
      'v1',
      'customresourcedefinitions',
    );
    if (definitions === undefined) return;
    for (const definition of await this.#follow(definitions))
      await this.#sync(definitions, nameOf(definition));
    runWorkers(this.#context, {
      queue: this.#queue,
      workers: 1,
      sync: (name) => this.#sync(definitions, name),
    });
  }

  /** Watches the definitions from now on, again and again; the ones there now. */
  async #follow(definitions: ServedResource): Promise<readonly CustomResourceDefinition[]> {
    const { cache } = definitions.store;
    const predicate = buildPredicate(definitions.strategy, '', '', '');
    for (;;) {
      try {
        await cache.start();
        break;
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        await this.#context.clock.sleep(RETRY_AFTER);
      }
    }
    cache.watch(
      { predicate, revision: undefined, bookmarks: false, sendInitialEvents: false },
      {
        send: (body) => {
          if (body.type === 'object') this.#queue.add(nameOf((body.value as WatchEvent).object));
        },
        end: () => this.#context.go(() => this.#followAgain(definitions)),
      },
    );
    return cache.list(predicate) as CustomResourceDefinition[];
  }

  async #followAgain(definitions: ServedResource): Promise<void> {
    await this.#context.clock.sleep(RETRY_AFTER);
    await this.#follow(definitions);
    // What went while nobody looked has no event.
    for (const name of this.#serving.keys()) this.#queue.add(name);
  }

  async #sync(definitions: ServedResource, name: string): Promise<void> {
    const { cache, key } = definitions.store;
    const definition = cache.get(key.call(definitions.store, '', name)) as
      CustomResourceDefinition | undefined;
    if (definition === undefined) {
      await this.#withdraw(name);
      return;
    }
    const others = cache.list(buildPredicate(definitions.strategy, '', '', '')) as CustomResourceDefinition[];
    const accept = (current: CustomResourceDefinition): CustomResourceDefinition =>
      withAcceptedNames(current, others, this.#now());
    if (accept(definition) !== definition) await this.#write(definitions, name, accept);
    const current = cache.get(definitions.store.key('', name)) as CustomResourceDefinition | undefined;
    if (current === undefined) return;
    const named = accept(current);
    if (isDefinitionTrue(named, 'Established')) await this.#serve(named);
    if (isBeingEmptied(named)) await this.#empty(definitions, named);
    // Names that were taken may be free now.
    for (const other of others)
      if (other.spec.group === definition.spec.group && !isDefinitionTrue(other, 'NamesAccepted'))
        if (nameOf(other) !== name) this.#queue.addAfter(nameOf(other), RETRY_AFTER);
  }

  async #serve(definition: CustomResourceDefinition): Promise<void> {
    const name = nameOf(definition);
    const before = this.#serving.get(name);
    if (before !== undefined && isSameService(before.definition, definition)) return;
    const { group, names } = definition.spec;
    const prefix = `/registry/${group}/${names.plural}/`;
    const terminating = definition.metadata?.deletionTimestamp !== undefined;
    const kinds = defineKinds(definition);
    const resources = this.#server.serveCustom(prefix, kinds, terminating);
    this.#serving.set(name, { definition, prefix, resources });
    await registerApiServices(this.#server, group, this.#served());
  }

  async #withdraw(name: string): Promise<void> {
    const before = this.#serving.get(name);
    if (before === undefined) return;
    this.#server.serveCustom(before.prefix, [], false);
    this.#serving.delete(name);
    await registerApiServices(this.#server, before.definition.spec.group, this.#served());
  }

  #served(): readonly CustomResourceDefinition[] {
    return [...this.#serving.values()].map(({ definition }) => definition);
  }

  /** Deletes every object of a definition, then lets the definition go. Models the CRDFinalizer (v1.34). */
  async #empty(definitions: ServedResource, definition: CustomResourceDefinition): Promise<void> {
    const name = nameOf(definition);
    await this.#write(definitions, name, (current) =>
      withDefinitionCondition(current, IN_PROGRESS, this.#now()),
    );
    const serving = this.#serving.get(name);
    const stored = definition.spec.versions.findIndex(({ storage }) => storage);
    const resource = serving?.resources[stored];
    if (resource !== undefined && !(await this.#isEmptied(resource))) {
      this.#queue.addAfter(name, POLL_INSTANCES);
      return;
    }
    const done = resource === undefined ? NEVER_ESTABLISHED : COMPLETED;
    await this.#write(definitions, name, (current) => {
      const finished = withDefinitionCondition(current, done, this.#now());
      const finalizers = (current.metadata?.finalizers ?? []).filter(
        (each) => each !== CUSTOM_RESOURCE_CLEANUP,
      );
      return { ...finished, metadata: { ...finished.metadata, finalizers } };
    });
  }

  async #isEmptied({ store, deleter, strategy }: ServedResource): Promise<boolean> {
    const everything = buildPredicate(strategy, '', '', '');
    const request = { limit: 0, continueToken: '', resourceVersion: '', resourceVersionMatch: '' } as const;
    await deleter.deleteCollection(everything, request, {}, ownWrite());
    return (await store.store.count(store.prefix)).count === 0;
  }

  async #write(
    { store, writer }: ServedResource,
    name: string,
    change: (current: CustomResourceDefinition) => CustomResourceDefinition,
  ): Promise<void> {
    const update = (current: KubeObject): KubeObject =>
      change(current as CustomResourceDefinition) as KubeObject;
    await writer.updateRaw(store.key('', name), name, update, ownWrite());
  }

  #now(): string {
    return formatTime(this.#context.clock.now());
  }
}

const IN_PROGRESS: ConditionState = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
};
const COMPLETED: ConditionState = {
  type: 'Terminating',
  status: 'False',
  reason: 'InstanceDeletionCompleted',
  message: 'removed all instances',
};
const NEVER_ESTABLISHED: ConditionState = {
  type: 'Terminating',
  status: 'False',
  reason: 'NeverEstablished',
  message: 'resource was never established',
};

function nameOf(object: { readonly metadata?: { readonly name?: string } }): string {
  return object.metadata?.name ?? '';
}

function isBeingEmptied({ metadata }: CustomResourceDefinition): boolean {
  return (
    metadata?.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(CUSTOM_RESOURCE_CLEANUP)
  );
}

/** Whether two states of a definition are served alike. */
function isSameService(one: CustomResourceDefinition, other: CustomResourceDefinition): boolean {
  return (
    one.metadata?.uid === other.metadata?.uid &&
    one.metadata?.deletionTimestamp === other.metadata?.deletionTimestamp &&
    deepEqual(one.spec, other.spec) &&
    deepEqual(one.status?.acceptedNames, other.status?.acceptedNames)
  );
}
