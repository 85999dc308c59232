import type { Lease } from '../../../cluster/api/types.ts';
import { parseTime } from '../../../cluster/apimachinery/time.ts';
import type { Cluster } from '../../../cluster/interface.ts';
import type { JournalEntry, JournalQueue } from '../../../cluster/controller/controller-journal.ts';
import { controllerDescriptors } from '../../../cluster/controller/controller-manager/controller-descriptors.ts';
import {
  isEnabled,
  notModelledControllers,
} from '../../../cluster/controller/controller-manager/enabled-controllers.ts';
import type {
  ControllerManagerSource,
  ControllerManagerView,
  ControllerView,
} from '../../../cluster/controller/controller-manager/manager-views.ts';
import type {
  ControllerAnswer,
  ControllersAnswer,
  ControllerRunState,
  ControllerSummary,
  LeaseState,
  QueueState,
  SyncView,
} from '../../../shared/contract/controllers.ts';
import { RpcError } from '../../../shared/rpc/rpc-error.ts';
import type { ObjectView } from '../../object-view.ts';
import { linkTo, linkToSubject } from './object-links.ts';

/** Keys of one list that are told. */
const SHOWN_KEYS = 50;
const NOTHING = { depth: 0, processing: 0, delayed: 0, failing: 0, passes: 0, failures: 0 };

/**
 * What the controllers of kube-controller-manager work on and did last, out of their own queues and journals; and who
 * leads, out of the lease as etcd holds it. Looks from outside: sends no message, and works while time stands still.
 */
export class ControllersService {
  readonly #cluster: Pick<Cluster, 'controllerManagers'>;
  readonly #objects: Pick<ObjectView, 'get'>;
  readonly #now: () => number;

  constructor(
    cluster: Pick<Cluster, 'controllerManagers'>,
    objects: Pick<ObjectView, 'get'>,
    now: () => number,
  ) {
    this.#cluster = cluster;
    this.#objects = objects;
    this.#now = now;
  }

  /** @throws RpcError NotFound: there is no such machine with a controller manager */
  list(machine: string | null): ControllersAnswer {
    const managers = this.#cluster.controllerManagers();
    const chosen = this.#chosen(managers, machine);
    return {
      now: this.#now(),
      managers: managers.map(({ machine: name, actor, running }) => ({
        machine: name,
        actor,
        state: running === undefined ? 'stopped' : running.isLeading ? 'leading' : 'standby',
        identity: running?.identity ?? '',
      })),
      lease: this.#lease(managers),
      machine: chosen?.machine ?? null,
      selection: chosen?.running?.selection.join(',') ?? '',
      controllers: controllersOf(chosen?.running).map(({ view, state }) => summarize(view, state)),
      notModelled: [...notModelledControllers].filter((name) => name.endsWith('-controller')),
    };
  }

  /** @throws RpcError NotFound */
  get(machine: string | null, name: string): ControllerAnswer {
    const chosen = this.#chosen(this.#cluster.controllerManagers(), machine);
    const all = controllersOf(chosen?.running);
    const found =
      all.find(({ view }) => view.name === name || view.alias === name) ??
      all.find(({ view }) => view.name === `${name}-controller`);
    if (found === undefined) {
      const missing = notModelledControllers.has(name) ? 'is not modelled' : 'does not exist';
      throw new RpcError('NotFound', `the controller ${JSON.stringify(name)} ${missing}`);
    }
    const { view, state } = found;
    const queues = view.journal?.queues(SHOWN_KEYS) ?? [];
    return {
      now: this.#now(),
      machine: chosen?.machine ?? null,
      summary: summarize(view, state),
      queues: queues.map(viewQueue),
      syncs: (view.journal?.entries() ?? []).map((entry) =>
        viewEntry(
          entry,
          queues.find((queue) => queue.name === entry.queue),
        ),
      ),
    };
  }

  #chosen(
    managers: readonly ControllerManagerView[],
    machine: string | null,
  ): ControllerManagerView | undefined {
    if (machine === null)
      return (
        managers.find(({ running }) => running?.isLeading === true) ??
        managers.find(({ running }) => running !== undefined)
      );
    const found = managers.find((one) => one.machine === machine);
    if (found === undefined)
      throw new RpcError('NotFound', `there is no kube-controller-manager on ${JSON.stringify(machine)}`);
    return found;
  }

  #lease(managers: readonly ControllerManagerView[]): LeaseState | null {
    const running = managers.find((one) => one.running?.leaderElect === true)?.running;
    const namespace = running?.leaseNamespace ?? 'kube-system';
    const name = running?.leaseName ?? 'kube-controller-manager';
    const lease = this.#objects.get('leases', `${namespace}/${name}`) as Lease | undefined;
    if (lease === undefined) return null;
    const { holderIdentity, acquireTime, renewTime, leaseDurationSeconds, leaseTransitions } =
      lease.spec ?? {};
    return {
      namespace,
      name,
      holder: holderIdentity ?? '',
      acquired: parseTime(acquireTime) ?? null,
      renewed: parseTime(renewTime) ?? null,
      duration: (leaseDurationSeconds ?? 0) * 1000,
      transitions: leaseTransitions ?? 0,
    };
  }
}

interface Found {
  readonly view: ControllerView | Pick<ControllerView, 'name' | 'alias'>;
  readonly state: ControllerRunState;
}

function controllersOf(running: ControllerManagerSource | undefined): (Found & { view: ControllerView })[] {
  if (running === undefined)
    return controllerDescriptors.map(({ name, alias }) => ({
      view: { name, alias, choice: 'not-listed', skipped: false, journal: undefined },
      state: 'stopped',
    }));
  return running.controllers().map((view) => ({ view, state: stateOf(view) }));
}

function stateOf({ choice, skipped, journal }: ControllerView): ControllerRunState {
  if (!isEnabled(choice)) return 'disabled';
  if (skipped) return 'skipped';
  return journal === undefined ? 'standby' : 'running';
}

function summarize(
  { name, alias, choice, journal }: ControllerView,
  state: ControllerRunState,
): ControllerSummary {
  const head = { name, alias, state, choice: state === 'stopped' ? null : choice };
  if (journal === undefined) return { ...head, ...NOTHING };
  const sums = { depth: 0, processing: 0, delayed: 0, failing: 0 };
  for (const queue of journal.queues(SHOWN_KEYS)) {
    sums.depth += queue.depth;
    sums.processing += queue.processing.length;
    sums.delayed += queue.delays;
    sums.failing += queue.failing;
  }
  return { ...head, ...sums, ...journal.counts };
}

function viewQueue(queue: JournalQueue): QueueState {
  const { name, depth, delays, failing } = queue;
  const told = <K extends { readonly key: string; readonly error: string | undefined }>(item: K) => ({
    ...item,
    ...nameOfKey(queue, item.key),
    error: item.error ?? null,
  });
  return {
    name,
    depth,
    ready: queue.ready.map(told),
    processing: queue.processing.map(told),
    delayed: queue.delayed.map(told),
    delays,
    failing,
  };
}

function viewEntry(entry: JournalEntry, queue: JournalQueue | undefined): SyncView {
  const decisions = entry.decisions.map(({ detail, ...decision }) => ({
    ...decision,
    detail: { ...detail },
    object: linkToSubject(decision.subject),
  }));
  const first = decisions[0];
  const named =
    queue === undefined
      ? { label: entry.key, object: first?.object ?? null }
      : nameOfKey(queue, entry.key, queue.reading.subjectOf === undefined ? undefined : first?.subject);
  return {
    ...entry,
    ...named,
    endedAt: entry.endedAt ?? entry.startedAt,
    error: entry.error ?? null,
    decisions,
  };
}

/** `known`: what a decision called the object of the key. */
function nameOfKey(
  { reading }: JournalQueue,
  key: string,
  known?: string,
): Pick<SyncView, 'label' | 'object'> {
  const subject = known ?? reading.subjectOf?.(key);
  if (subject !== undefined) return { label: subject, object: linkToSubject(subject) };
  return { label: key, object: reading.resource === undefined ? null : linkTo(reading.resource, key) };
}
