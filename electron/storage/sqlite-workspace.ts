import { Emitter } from '../base/event.ts';
import type { SqlDatabase } from '../base/sql-database.ts';
import { WriterDatabase } from './database.ts';
import type {
  AttemptRepository,
  CausalLogRepository,
  CommitResult,
  ConsoleRepository,
  InputRepository,
  MachineStateRepository,
  MetaRepository,
  OpenOptions,
  SettingsRepository,
  Workspace,
} from './interface.ts';
import { AttemptTable } from './repositories/attempts.ts';
import { CausalLogTable } from './repositories/causal-log.ts';
import { ConsoleTables } from './repositories/console.ts';
import { InputTable } from './repositories/inputs.ts';
import { KeyValueTable } from './repositories/key-value.ts';
import { MachineStateTable } from './repositories/machine-state.ts';
import type { SqliteHandle } from './sqlite.ts';

const DEFAULT_SLOW_COMMIT = 200;
const DEFAULT_CAUSAL_LOG_BYTES = 256 * 1024 * 1024;

/** Tables of the cluster: what `resetCluster` empties. */
const CLUSTER_TABLES = [
  'meta',
  'etcd_revision',
  'etcd_lease',
  'etcd_meta',
  'etcd_bucket',
  'etcd_wal',
  'etcd_wal_state',
  'machine_state',
  'causal_chunk',
  'input',
  'console_replay',
];

/** A workspace over an open, migrated database that this process alone holds. */
export class SqliteWorkspace implements Workspace {
  readonly path: string;
  readonly formatVersion: number;
  readonly meta: MetaRepository;
  readonly database: SqlDatabase;
  readonly causalLog: CausalLogRepository;
  readonly inputs: InputRepository;
  readonly attempts: AttemptRepository;
  readonly console: ConsoleRepository;
  readonly settings: SettingsRepository;
  readonly #writer: WriterDatabase;
  readonly #causalLog: CausalLogTable;
  readonly #inputs: InputTable;
  readonly #options: OpenOptions;
  readonly #committed = new Emitter<CommitResult>();

  readonly onDidCommit = this.#committed.event;

  constructor(path: string, handle: SqliteHandle, formatVersion: number, options: OpenOptions) {
    this.path = path;
    this.formatVersion = formatVersion;
    this.#options = options;
    this.#writer = new WriterDatabase(path, handle);
    this.database = this.#writer;
    this.meta = new KeyValueTable(this.#writer, 'meta');
    this.settings = new KeyValueTable(this.#writer, 'setting');
    this.causalLog = this.#causalLog = new CausalLogTable(
      this.#writer,
      options.causalLogBytes ?? DEFAULT_CAUSAL_LOG_BYTES,
    );
    this.inputs = this.#inputs = new InputTable(this.#writer);
    this.attempts = new AttemptTable(this.#writer);
    this.console = new ConsoleTables(this.#writer);
  }

  get pendingWrites(): number {
    return this.#writer.pending;
  }

  machineState(machine: string): MachineStateRepository {
    return new MachineStateTable(this.#writer, machine);
  }

  machineNames(): readonly string[] {
    return MachineStateTable.names(this.#writer);
  }

  commit(): CommitResult {
    const start = performance.now();
    const writes = this.#writer.commit();
    const result: CommitResult = { writes, milliseconds: performance.now() - start };
    if (writes === 0) return result;
    if (result.milliseconds > (this.#options.slowCommit ?? DEFAULT_SLOW_COMMIT)) {
      this.#options.log?.({
        level: 'warn',
        message: `slow commit: ${writes} writes took ${Math.round(result.milliseconds)} ms`,
      });
    }
    this.#committed.fire(result);
    return result;
  }

  resetCluster(): void {
    for (const table of CLUSTER_TABLES) this.#writer.prepare(`DELETE FROM ${table}`).run();
    this.#causalLog.forget();
    this.#inputs.forget();
  }

  dispose(): void {
    this.#committed.dispose();
    this.#writer.close();
  }
}
