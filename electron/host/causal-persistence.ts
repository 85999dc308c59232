import type { CausalLog } from '../base/causal-log.ts';
import type { CausalRecord } from '../base/causal-record.ts';
import type { CausalLogRepository } from '../storage/interface.ts';

/**
 * Writes new records to the workspace, a chunk per commit. Bodies stay in memory only: they are the largest
 * part, and what they hold is in etcd.
 */
export class CausalPersistence {
  readonly #log: CausalLog;
  readonly #repository: CausalLogRepository;
  #written: number;

  constructor(log: CausalLog, repository: CausalLogRepository) {
    this.#log = log;
    this.#repository = repository;
    this.#written = log.nextId;
  }

  /** Part of every commit. */
  write(): void {
    const records: CausalRecord[] = [];
    for (const record of this.#log.range(this.#written)) records.push(withoutBody(record));
    this.#written = this.#log.nextId;
    const first = records[0];
    const last = records.at(-1);
    if (first === undefined || last === undefined) return;
    this.#repository.append({
      firstId: first.id,
      lastId: last.id,
      firstTime: first.time,
      lastTime: last.time,
      data: JSON.stringify(records),
    });
  }
}

function withoutBody(record: CausalRecord): CausalRecord {
  // A copy is much cheaper than asking about every field while it is written out.
  return record.kind === 'message' ? { ...record, body: undefined } : record;
}

/** The newest records of an earlier run, at most `count`, oldest first. */
export function readRecords(repository: CausalLogRepository, count: number): readonly CausalRecord[] {
  const records = repository.readNewest(count).flatMap((chunk) => JSON.parse(chunk.data) as CausalRecord[]);
  return records.slice(-count);
}
