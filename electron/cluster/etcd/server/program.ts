import type { Disposable } from '../../../base/disposable.ts';
import type { Program, ProcessContext } from '../../machine/interface.ts';
import type { Connection } from '../../network/interface.ts';
import { corruptBackend } from '../backend/corrupt.ts';
import type { Backend } from '../backend/interface.ts';
import { hashByRevision } from '../mvcc/hash.ts';
import { EtcdServerConnection } from '../v3/server-connection.ts';
import type { EtcdMemberFaults } from '../view/interface.ts';
import type { EtcdMemberViews } from '../view/member-views.ts';
import { EtcdServer } from './etcd-server.ts';
import { CorruptionCheck } from './corruption-check.ts';
import { logFile, openDataDir } from './data-dir.ts';
import { serveHealthConnection } from './health.ts';
import { bootstrap } from './membership/bootstrap.ts';
import { LifecycleLog } from './log/lifecycle-log.ts';
import { zapLine, zapLogger } from './log/zap-logger.ts';
import { RaftConsensus } from './raft/raft-consensus.ts';
import type { Beginning } from './raft/interface.ts';
import type { EtcdSettings } from './settings.ts';
import { readSettings } from './settings.ts';

export interface EtcdProgramOptions {
  /** A member's disk by name: the machine's, or one that came later (see `data-dir.ts`). */
  readonly backend: (disk: string) => Backend;
  /** Without `v`; default that of Kubernetes v1.34. */
  readonly version?: string;
  /** Where running members are to be seen. */
  readonly views?: EtcdMemberViews;
  /** What is wrong with a machine's disk; default nothing, and one virtual millisecond per sync. */
  readonly faults?: MemberFaults;
}

/** A running member, as far as a fault reaches into it. */
export interface CorruptibleMember {
  corrupt(key: string | undefined): string | undefined;
}

/** Where a member learns what is wrong with its disk. */
export interface MemberFaults {
  of(machine: string): EtcdMemberFaults;
  started(machine: string, member: CorruptibleMember): void;
  ended(machine: string, member: CorruptibleMember): void;
}

const DEFAULT_VERSION = '3.6.4';
/** So long clients wait for a member that does not get to take part; virtual milliseconds. */
const READY_PATIENCE = 5_000;
/** Where upstream's source ends a start that fails. */
const MAIN = 'etcdmain/etcd.go';
const NO_FAULTS: EtcdMemberFaults = { fsync: 1, diskFull: false };

/**
 * etcd as a program: one member of a cluster of one or more. Listens for clients, for the other members and for
 * health probes where its flags say. Its data is in the backend, so it survives the process.
 * Exit codes: 0 after SIGTERM or when it has been removed from its cluster, 1 when it cannot start, 2 for a bad flag.
 */
export function etcdProgram(options: EtcdProgramOptions): Program {
  return async (process) => {
    const settings = readSettings(process.argv, options.version ?? DEFAULT_VERSION);
    if (typeof settings === 'string') {
      process.stderr(settings);
      return 2;
    }
    const fail = (error: string): number => {
      process.stderr(zapLine('fatal', process.clock.now(), 'discovery failed', { caller: MAIN, error }));
      return 1;
    };
    const backend = openDataDir(process, settings.dataDir, settings.name, options.backend);
    if (typeof backend === 'string') return fail(backend);
    const beginning = await bootstrap(process, process.net, backend, settings);
    if (typeof beginning === 'string') return fail(beginning);
    try {
      return await new Member(process, options, settings, backend, beginning).run();
    } catch (error) {
      if (error instanceof PortTaken) return fail(error.message);
      throw error;
    }
  };
}

/** The machine has somebody else listening there. */
class PortTaken extends Error {}

/** One run of a member, from listening to the end of its process. */
class Member implements CorruptibleMember {
  readonly #process: ProcessContext;
  readonly #options: EtcdProgramOptions;
  readonly #settings: EtcdSettings;
  readonly #backend: Backend;
  readonly #consensus: RaftConsensus;
  readonly #server: EtcdServer;
  readonly #check: CorruptionCheck;
  readonly #lifecycle: LifecycleLog;
  readonly #connections = new Set<EtcdServerConnection>();
  /** Clients that dialled before this member took part; undefined afterwards. */
  #waiting: Connection[] | undefined = [];
  #patience: Disposable | undefined;
  #end: ((code: number) => void) | undefined;

  constructor(
    process: ProcessContext,
    options: EtcdProgramOptions,
    settings: EtcdSettings,
    backend: Backend,
    beginning: Beginning,
  ) {
    this.#backend = backend;
    this.#process = process;
    this.#options = options;
    this.#settings = settings;
    const version = options.version ?? DEFAULT_VERSION;
    const faults = (): EtcdMemberFaults => options.faults?.of(process.machine.name) ?? NO_FAULTS;
    const { clock, rand, tracer, signal } = process;
    const log = zapLogger(
      () => clock.now(),
      (line) => process.stderr(line),
    );
    const { memberId, clusterId } = beginning;
    this.#lifecycle = new LifecycleLog(log, { settings, version, memberId, clusterId });
    this.#lifecycle.starting(backend.wal.hardState?.commit ?? 0);
    this.#consensus = new RaftConsensus(
      { clock, rand, tracer, signal, log },
      backend,
      process.net,
      {
        ...settings,
        version,
        fsync: () => faults().fsync,
        whyUnwritable: () => this.#whyUnwritable(),
        answerPeer: (method, request, reply) => this.#server.answerPeer(method, request, reply),
        onReady: () => this.#ready(),
        onRemoved: () => this.#removed(),
        onUnwritable: (why) => this.#unwritable(why),
      },
      beginning,
    );
    this.#server = new EtcdServer(process, backend, {
      ...settings,
      ...settings.data,
      version,
      minLeaseTtl: Math.ceil((1.5 * settings.electionTimeout) / 1000),
      isDiskFull: () => faults().diskFull,
      consensus: () => this.#consensus,
      cluster: this.#consensus,
    });
    this.#check = new CorruptionCheck(process, this.#checkHost());
  }

  async run(): Promise<number> {
    const process = this.#process;
    try {
      this.#listen();
    } catch (error) {
      this.#server.stop();
      throw new PortTaken(error instanceof Error ? error.message : String(error));
    }
    this.#lifecycle.listening();
    this.#patience = process.clock.setTimeout(() => this.#ready(), READY_PATIENCE);
    this.#server.start();
    const { name } = process.machine;
    const { views, faults } = this.#options;
    const seen = views?.started(name, this.#server);
    faults?.started(name, this);
    process.signal.addEventListener('abort', () => {
      seen?.dispose();
      faults?.ended(name, this);
    });
    const code = await new Promise<number>((resolve) => {
      this.#end = resolve;
      process.onTerminate(() => this.#terminate(() => resolve(0)));
    });
    seen?.dispose();
    faults?.ended(name, this);
    this.#check.dispose();
    for (const connection of [...this.#connections]) connection.stop();
    this.#server.stop();
    if (code === 0) this.#lifecycle.closed();
    return code;
  }

  #terminate(done: () => void): void {
    this.#lifecycle.terminating();
    const { leader, members } = this.#consensus;
    this.#lifecycle.notHandedOver(leader, members.length === 1);
    this.#consensus.handOver(done);
  }

  corrupt(key: string | undefined): string | undefined {
    const changed = corruptBackend(this.#backend, key);
    if (changed !== undefined) this.#server.reload();
    return changed;
  }

  #listen(): void {
    const { clientPorts, peerPorts, metricsPorts } = this.#settings;
    const { net } = this.#process;
    for (const port of peerPorts) this.#consensus.listen(port);
    for (const port of clientPorts) {
      net.listen(port, 'grpc', (connection) => {
        if (this.#waiting === undefined) this.#serve(connection);
        else this.#waiting.push(connection);
      });
    }
    for (const port of metricsPorts) {
      net.listen(port, 'https', (connection) => serveHealthConnection(connection, this.#server));
    }
  }

  /** This member takes part, or has tried to for long enough. */
  #ready(): void {
    if (this.#patience === undefined) return;
    this.#patience.dispose();
    this.#patience = undefined;
    const { initialCorruptCheck, corruptCheckTime } = this.#settings;
    if (corruptCheckTime > 0) this.#check.every(corruptCheckTime);
    if (!initialCorruptCheck || this.#consensus.members.length < 2) this.#serveClients();
    else this.#process.go(() => this.#checkFirst());
  }

  async #checkFirst(): Promise<void> {
    const complaint = await this.#check.initial();
    if (complaint === undefined) {
      this.#serveClients();
      return;
    }
    const fields = { caller: MAIN, error: complaint };
    const { clock } = this.#process;
    this.#process.stderr(zapLine('fatal', clock.now(), 'checkInitialHashKV failed', fields));
    this.#end?.(1);
  }

  #serveClients(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#lifecycle.ready();
    for (const connection of waiting) this.#serve(connection);
  }

  #serve(connection: Connection): void {
    if (connection.closed) return;
    // The same port answers `/metrics`, `/health` and `/version` in HTTP.
    if (connection.protocol === 'https') {
      serveHealthConnection(connection, this.#server);
      return;
    }
    const { progressNotifyInterval } = this.#settings;
    const { clock } = this.#process;
    const served = new EtcdServerConnection(connection, this.#server, clock, { progressNotifyInterval });
    this.#connections.add(served);
    connection.onClose(() => this.#connections.delete(served));
  }

  #checkHost(): ConstructorParameters<typeof CorruptionCheck>[1] {
    const consensus = this.#consensus;
    return {
      memberId: consensus.memberId,
      members: () => consensus.members,
      leads: () => consensus.leader === consensus.memberId,
      hash: (revision) => hashByRevision(this.#server.mvcc, revision),
      askMember: (id, revision, reply) => consensus.askMember(id, 'HashKV', { revision }, reply),
      linearizableRead: (ready) => consensus.linearizableRead(ready),
      raise: (memberId) =>
        consensus.propose({ alarm: { action: 'ACTIVATE', memberId, alarm: 'CORRUPT' } }, () => undefined),
    };
  }

  /** The log's files are not made ahead here: a machine without room for a byte has none for the next entry. */
  #whyUnwritable(): string | undefined {
    if (this.#process.disk.available > 0) return undefined;
    return `write ${logFile(this.#settings.dataDir)}: no space left on device`;
  }

  /** Models server/etcdserver/raft.go, whose logger ends the process. */
  #unwritable(error: string): void {
    const message = 'failed to save Raft hard state and entries';
    const fields = { caller: 'etcdserver/raft.go:237', error };
    this.#process.stderr(zapLine('fatal', this.#process.clock.now(), message, fields));
    this.#end?.(1);
  }

  #removed(): void {
    this.#lifecycle.removed();
    this.#end?.(0);
  }
}
