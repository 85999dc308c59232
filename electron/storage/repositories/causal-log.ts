import type { SqlDatabase, SqlRow } from '../../base/sql-database.ts';
import type { CausalLogChunk, CausalLogRepository } from '../interface.ts';

/** Chunks of the causal log; bounded in bytes, oldest gone first. */
export class CausalLogTable implements CausalLogRepository {
  readonly #database: SqlDatabase;
  readonly #maxBytes: number;
  #bytes: number;
  #lastId: number;

  constructor(database: SqlDatabase, maxBytes: number) {
    this.#database = database;
    this.#maxBytes = maxBytes;
    const bounds = this.bounds();
    this.#bytes = bounds?.bytes ?? 0;
    this.#lastId = bounds?.lastId ?? 0;
  }

  append(chunk: CausalLogChunk): void {
    if (chunk.firstId <= this.#lastId || chunk.lastId < chunk.firstId) {
      throw new Error(`causal log chunk ${chunk.firstId}-${chunk.lastId} does not follow ${this.#lastId}`);
    }
    const bytes = chunk.data.length;
    this.#database
      .prepare(
        `INSERT INTO causal_chunk (first_id, last_id, first_time, last_time, bytes, data) VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(chunk.firstId, chunk.lastId, chunk.firstTime, chunk.lastTime, bytes, chunk.data);
    this.#bytes += bytes;
    this.#lastId = chunk.lastId;
    this.#prune();
  }

  read(fromId: number, toId: number = Number.MAX_SAFE_INTEGER): readonly CausalLogChunk[] {
    return this.#database
      .prepare('SELECT * FROM causal_chunk WHERE last_id >= ? AND first_id < ? ORDER BY first_id')
      .all(fromId, toId)
      .map(toChunk);
  }

  readNewest(records: number): readonly CausalLogChunk[] {
    const chunks: CausalLogChunk[] = [];
    let covered = 0;
    for (const row of this.#database.prepare('SELECT * FROM causal_chunk ORDER BY first_id DESC').iterate()) {
      if (covered >= records) break;
      const chunk = toChunk(row);
      covered += chunk.lastId - chunk.firstId + 1;
      chunks.push(chunk);
    }
    return chunks.reverse();
  }

  bounds(): { readonly firstId: number; readonly lastId: number; readonly bytes: number } | undefined {
    const row = this.#database
      .prepare('SELECT min(first_id) AS first, max(last_id) AS last, sum(bytes) AS bytes FROM causal_chunk')
      .get();
    if (row === undefined || row['first'] === null) return undefined;
    return { firstId: Number(row['first']), lastId: Number(row['last']), bytes: Number(row['bytes']) };
  }

  /** Everything of it has been removed. */
  forget(): void {
    this.#bytes = 0;
    this.#lastId = 0;
  }

  /** The newest chunk stays, however large. */
  #prune(): void {
    while (this.#bytes > this.#maxBytes) {
      const oldest = this.#database
        .prepare('SELECT first_id, last_id, bytes FROM causal_chunk ORDER BY first_id LIMIT 1')
        .get();
      if (oldest === undefined || oldest['last_id'] === this.#lastId) return;
      this.#database.prepare('DELETE FROM causal_chunk WHERE first_id = ?').run(oldest['first_id'] as number);
      this.#bytes -= Number(oldest['bytes']);
    }
  }
}

function toChunk(row: SqlRow): CausalLogChunk {
  return {
    firstId: Number(row['first_id']),
    lastId: Number(row['last_id']),
    firstTime: Number(row['first_time']),
    lastTime: Number(row['last_time']),
    data: String(row['data']),
  };
}
