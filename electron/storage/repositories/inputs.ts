import type { SqlDatabase } from '../../base/sql-database.ts';
import type { InputEntry, InputRepository } from '../interface.ts';
import { parseJson } from './json.ts';

/** The input log: never pruned, a replay needs all of it. */
export class InputTable implements InputRepository {
  readonly #database: SqlDatabase;
  #next: number;

  constructor(database: SqlDatabase) {
    this.#database = database;
    const row = database.prepare('SELECT max(number) AS last FROM input').get();
    this.#next = Number(row?.['last'] ?? 0) + 1;
  }

  append(entry: InputEntry): number {
    const number = this.#next;
    this.#database
      .prepare('INSERT INTO input (number, time, actor, action, detail) VALUES (?, ?, ?, ?, ?)')
      .run(number, entry.time, entry.actor, entry.action, JSON.stringify(entry.detail));
    this.#next += 1;
    return number;
  }

  read(from = 1): readonly (InputEntry & { readonly number: number })[] {
    return this.#database
      .prepare('SELECT * FROM input WHERE number >= ? ORDER BY number')
      .all(from)
      .map((row) => ({
        number: Number(row['number']),
        time: Number(row['time']),
        actor: String(row['actor']),
        action: String(row['action']),
        detail: parseJson(row['detail']),
      }));
  }

  /** Everything of it has been removed. */
  forget(): void {
    this.#next = 1;
  }
}
