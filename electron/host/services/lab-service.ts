import { randomUUID } from 'node:crypto';
import type { Attempt } from '../../labs/attempt.ts';
import { LabRefusal, LabSession } from '../../labs/lab-session.ts';
import { summarizeLab, viewLab } from '../../labs/lab-view.ts';
import type { LabState, LabSummary } from '../../shared/contract/lab.ts';
import type { Lab } from '../../shared/lab/lab-schema.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import type { Json, Workspace } from '../../storage/interface.ts';
import type { ClusterSession, ClusterSpec } from '../cluster-session.ts';
import type { LabSetup } from '../lab-setup.ts';
import { SimulatedClusterView } from '../simulated-cluster-view.ts';
import { LabWaits } from './lab-waits.ts';
import type { WaitedFor } from './lab-waits.ts';
import type { LabCatalogue } from './lab-catalogue.ts';
import { Watched } from './watched.ts';

export interface LabServiceOptions {
  readonly workspace: Workspace;
  readonly labs: Pick<LabCatalogue, 'get' | 'values'>;
  /** Builds a fresh cluster in place of the running one. */
  readonly replaceCluster: (spec: ClusterSpec) => Promise<ClusterSession>;
  /** Asks for a commit, also while time stands still: an answer given in a pause must survive. */
  readonly commitSoon: () => void;
  /** Real milliseconds since the Unix epoch, for lists of attempts. */
  readonly now: () => number;
}

/** The lab that is open: its session on the running cluster, stored with every commit. */
export class LabService {
  readonly labs: Watched<{ labs: LabSummary[] }>;
  readonly state: Watched<{ state: LabState | null }>;
  readonly #options: LabServiceOptions;
  #session: LabSession | undefined;
  #isPreparing = false;
  #unsaved = false;
  readonly #waits = new LabWaits();

  constructor(options: LabServiceOptions) {
    this.#options = options;
    this.labs = new Watched(() => ({ labs: this.#summaries() }));
    this.state = new Watched(() => ({ state: this.#view() }));
  }

  lab(id: string): Lab | undefined {
    return this.#options.labs.get(id);
  }

  /** What a cluster built for that lab begins with. */
  setup(id: string | null): LabSetup | undefined {
    const lab = id === null ? undefined : this.#options.labs.get(id);
    if (lab === undefined) return undefined;
    return { files: lab.manifests, until: lab.spec.start.until, images: lab.images };
  }

  /** The session of the open lab. @throws RpcError NotOpen */
  get session(): LabSession {
    if (this.#session === undefined) throw new RpcError('NotOpen', 'no lab is open');
    return this.#session;
  }

  /** After the host started: goes on with the lab that the cluster was built for, if any. */
  resume(cluster: ClusterSession): void {
    const lab = cluster.spec.lab === null ? undefined : this.#options.labs.get(cluster.spec.lab);
    if (lab === undefined) return;
    const running = this.#options.workspace.attempts
      .list(lab.spec.metadata.id)
      .find((attempt) => attempt.state !== 'abandoned');
    this.#begin(lab, cluster, running?.document as unknown as Attempt | undefined);
  }

  /** Opens a lab: a fresh cluster at its start state and a new attempt. The one before is kept as abandoned. */
  async open(id: string): Promise<void> {
    const lab = this.#options.labs.get(id);
    if (lab === undefined) throw new RpcError('NotFound', `there is no lab ${id}`);
    if (this.#isPreparing) throw new RpcError('Busy', 'a lab is being prepared');
    if (this.#session?.lab === lab && this.#session.attempt.phase === 'running') return;
    await this.#prepare(lab);
  }

  async restart(): Promise<void> {
    const { lab } = this.session;
    if (this.#isPreparing) throw new RpcError('Busy', 'a lab is being prepared');
    await this.#prepare(lab);
  }

  /** The start state of a lab as a cluster to build. */
  static clusterSpec(lab: Lab): ClusterSpec {
    const { topology, seed, time } = lab.spec.start;
    return { topology, seed, startTime: Date.parse(time), lab: lab.spec.metadata.id };
  }

  /** Runs one of the learner's acts; refusals become errors of the contract. */
  act(work: (session: LabSession) => void): void {
    try {
      work(this.session);
    } catch (error) {
      if (error instanceof LabRefusal) throw new RpcError(error.code, error.message);
      throw error;
    }
    this.evaluate();
  }

  command(line: string, exit: number): void {
    this.#session?.command(line, exit);
    this.evaluate();
  }

  /** Called by the host a few times a second: asks the checks whose ground has moved, tells and stores what changed. */
  evaluate(): void {
    const session = this.#session;
    if (session === undefined) return;
    session.evaluate();
    this.state.refresh();
    this.#waits.look(session);
  }

  /** Part of a commit: what the session is now belongs to the same moment as the cluster. */
  save(): void {
    const session = this.#session;
    if (session === undefined || !this.#unsaved) return;
    this.#unsaved = false;
    const { attempt } = session;
    this.#store(session.snapshot(), attempt.phase);
  }

  /** Resolves true once `check` holds, false when `ms` of the cluster's time have gone by or `abort` fires first (see `LabWaits`). */
  wait(check: (session: WaitedFor) => boolean, ms: number, abort: AbortSignal): Promise<boolean> {
    this.evaluate();
    return this.#waits.wait(this.session, check, ms, abort);
  }

  /** Leaves the lab, if one is open, for a cluster without one. @throws RpcError Busy */
  async leave(spec: ClusterSpec): Promise<void> {
    if (this.#isPreparing) throw new RpcError('Busy', 'a lab is being prepared');
    await this.#replace(spec);
  }

  async #prepare(lab: Lab): Promise<void> {
    await this.#replace(LabService.clusterSpec(lab), (cluster) => this.#begin(lab, cluster, undefined));
  }

  /** The attempt that runs is kept as abandoned; `then` is called with the new cluster. */
  async #replace(spec: ClusterSpec, then?: (cluster: ClusterSession) => void): Promise<void> {
    if (this.#session !== undefined) {
      const { attempt } = this.#session;
      if (attempt.phase === 'running') this.#store(this.#session.snapshot(), 'abandoned');
      this.#session.dispose();
      this.#session = undefined;
    }
    this.#isPreparing = true;
    this.state.refresh();
    try {
      const cluster = await this.#options.replaceCluster(spec);
      then?.(cluster);
    } finally {
      this.#isPreparing = false;
      this.state.refresh();
      this.labs.refresh();
    }
  }

  #begin(lab: Lab, cluster: ClusterSession, attempt: Attempt | undefined): void {
    const session = new LabSession({
      lab,
      cluster: new SimulatedClusterView(cluster),
      now: () => cluster.simulation.now,
      attempt: attempt === undefined ? undefined : structuredClone(attempt),
      attemptId: attempt?.id ?? randomUUID(),
    });
    this.#session = session;
    this.#unsaved = true;
    session.onDidChange(() => {
      this.#unsaved = true;
      this.labs.refresh();
      this.#options.commitSoon();
    });
    this.evaluate();
  }

  #store(document: Attempt, state: string): void {
    this.#options.workspace.attempts.put({
      id: document.id,
      labId: document.labId,
      state,
      score: document.score,
      updatedAt: this.#options.now(),
      document: document as unknown as Json,
    });
  }

  #view(): LabState | null {
    return this.#session === undefined ? null : viewLab(this.#session, this.#isPreparing);
  }

  #summaries(): LabSummary[] {
    const order = (lab: Lab): string =>
      `${lab.spec.metadata.track} ${String(lab.spec.metadata.order).padStart(5, '0')}`;
    return [...this.#options.labs.values()]
      .sort((a, b) => (order(a) < order(b) ? -1 : 1))
      .map((lab) => {
        const attempts = this.#options.workspace.attempts.list(lab.spec.metadata.id);
        const finished = attempts.filter((attempt) => attempt.state === 'finished');
        const open = this.#session?.lab === lab && this.#session.attempt.phase === 'running';
        const best =
          finished.length === 0 ? null : Math.max(...finished.map((attempt) => attempt.score ?? 0));
        return summarizeLab(
          lab,
          open ? 'in-progress' : finished.length > 0 ? 'finished' : 'not-started',
          best,
        );
      });
  }
}
