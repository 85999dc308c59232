import type { FlowSchema, KubeObject } from '../../api/types.ts';
import { StatusError } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ProcessContext } from '../../machine/interface.ts';
import { buildPredicate } from '../endpoints/predicate.ts';
import type { ServedResource } from '../endpoints/served-resource.ts';
import { FLOW_CONTROL_GROUP } from '../flowcontrol/bootstrap-objects.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { ApiServer } from './api-server.ts';
import { ensureFlowControl } from './flow-control-bootstrap.ts';
import { ownWrite } from './own-writes.ts';

/** Virtual milliseconds. */
const RETRY_AFTER = 1_000;
const ENSURE_EVERY = 60_000;

/**
 * Keeps flow schemas and priority levels in memory for classifying, says in each schema whether its level exists, and
 * every minute makes again what belongs there. Models the config consumer and producer of flow control (v1.34).
 */
export class FlowControlConsumer {
  readonly #server: ApiServer;
  readonly #process: ProcessContext;
  #pending = false;

  constructor(server: ApiServer, process: ProcessContext) {
    this.#server = server;
    this.#process = process;
  }

  run(): void {
    for (const resource of ['prioritylevelconfigurations', 'flowschemas']) {
      const served = this.#find(resource);
      if (served !== undefined) this.#process.go(() => this.#follow(served));
    }
    this.#process.go(() => this.#ensure());
  }

  #find(resource: string): ServedResource | undefined {
    return this.#server.resources.find(FLOW_CONTROL_GROUP, 'v1', resource);
  }

  async #follow(served: ServedResource): Promise<void> {
    const { clock } = this.#process;
    while (!(await served.store.cache.tryStart())) await clock.sleep(RETRY_AFTER);
    const predicate = buildPredicate(served.strategy, '', '', '');
    served.store.cache.watch(
      { predicate, revision: undefined, bookmarks: false, sendInitialEvents: false },
      {
        send: () => this.#soon(0),
        end: () =>
          this.#process.go(async () => {
            await clock.sleep(RETRY_AFTER);
            await this.#follow(served);
          }),
      },
    );
  }

  async #ensure(): Promise<void> {
    for (;;) {
      await this.#process.clock.sleep(ENSURE_EVERY);
      await this.#trying(() => ensureFlowControl(this.#server));
    }
  }

  /** Several changes at once are looked at once. */
  #soon(ms: number): void {
    if (this.#pending) return;
    this.#pending = true;
    this.#process.clock.setTimeout(() => {
      this.#pending = false;
      this.#process.go(async () => {
        if (!(await this.#trying(() => this.#writeStatuses()))) this.#soon(RETRY_AFTER);
      });
    }, ms);
  }

  /** False when it has to be tried again: etcd is away, or another server was faster. */
  async #trying(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof StorageError) && !(error instanceof StatusError)) throw error;
      this.#process.log.warn('flow control objects', { error: error.message });
      return false;
    }
  }

  async #writeStatuses(): Promise<void> {
    const schemas = this.#find('flowschemas');
    const levels = this.#find('prioritylevelconfigurations')?.store;
    if (schemas === undefined || levels?.cache.ready !== true || !schemas.store.cache.ready) return;
    const all = schemas.store.cache.list(buildPredicate(schemas.strategy, '', '', '')) as FlowSchema[];
    for (const schema of all) {
      const level = schema.spec?.priorityLevelConfiguration.name ?? '';
      const found = levels.cache.get(levels.key('', level)) !== undefined;
      if (isTold(schema, found)) continue;
      const update = (current: KubeObject | undefined): KubeObject =>
        withDangling(current as FlowSchema, level, found, this.#process.clock.now()) as KubeObject;
      const name = schema.metadata?.name ?? '';
      await schemas.writer.update(
        { namespace: '', name, subresource: 'status', update, create: 'never' },
        ownWrite('api-priority-and-fairness-config-consumer-v1'),
      );
    }
  }
}

function isTold({ status }: FlowSchema, found: boolean): boolean {
  const condition = status?.conditions?.find(({ type }) => type === 'Dangling');
  return condition?.status === (found ? 'False' : 'True');
}

function withDangling(schema: FlowSchema, level: string, found: boolean, now: number): FlowSchema {
  if (isTold(schema, found)) return schema;
  const what = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  const condition = {
    type: 'Dangling',
    status: found ? 'False' : 'True',
    lastTransitionTime: formatTime(now),
    reason: found ? 'Found' : 'NotFound',
    message: found ? `${what} and it exists` : `${what} but there is no such object`,
  };
  const others = (schema.status?.conditions ?? []).filter(({ type }) => type !== 'Dangling');
  return { ...schema, status: { ...schema.status, conditions: [...others, condition] } };
}
