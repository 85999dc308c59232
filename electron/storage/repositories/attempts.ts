import type { SqlDatabase, SqlRow } from '../../base/sql-database.ts';
import type { AttemptRepository, StoredAttempt } from '../interface.ts';
import { parseJson } from './json.ts';

/** Attempts at labs, one row each. */
export class AttemptTable implements AttemptRepository {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  put(attempt: StoredAttempt): void {
    this.#database
      .prepare(
        `INSERT INTO attempt (id, lab_id, state, score, updated_at, document) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET lab_id = excluded.lab_id, state = excluded.state,
           score = excluded.score, updated_at = excluded.updated_at, document = excluded.document`,
      )
      .run(
        attempt.id,
        attempt.labId,
        attempt.state,
        attempt.score ?? null,
        attempt.updatedAt,
        JSON.stringify(attempt.document),
      );
  }

  get(id: string): StoredAttempt | undefined {
    const row = this.#database.prepare('SELECT * FROM attempt WHERE id = ?').get(id);
    return row === undefined ? undefined : toAttempt(row);
  }

  delete(id: string): void {
    this.#database.prepare('DELETE FROM attempt WHERE id = ?').run(id);
  }

  list(labId?: string): readonly StoredAttempt[] {
    const rows =
      labId === undefined
        ? this.#database.prepare('SELECT * FROM attempt ORDER BY updated_at DESC, id DESC').all()
        : this.#database
            .prepare('SELECT * FROM attempt WHERE lab_id = ? ORDER BY updated_at DESC, id DESC')
            .all(labId);
    return rows.map(toAttempt);
  }
}

function toAttempt(row: SqlRow): StoredAttempt {
  return {
    id: String(row['id']),
    labId: String(row['lab_id']),
    state: String(row['state']),
    score: row['score'] === null ? undefined : Number(row['score']),
    updatedAt: Number(row['updated_at']),
    document: parseJson(row['document']),
  };
}
