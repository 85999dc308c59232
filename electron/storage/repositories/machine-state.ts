import type { SqlDatabase } from '../../base/sql-database.ts';
import type { MachineStateRepository } from '../interface.ts';
import { parseJson } from './json.ts';

/** State of one machine, one row per key. */
export class MachineStateTable implements MachineStateRepository {
  readonly #database: SqlDatabase;
  readonly #machine: string;

  constructor(database: SqlDatabase, machine: string) {
    this.#database = database;
    this.#machine = machine;
  }

  static names(database: SqlDatabase): readonly string[] {
    const rows = database.prepare('SELECT DISTINCT machine FROM machine_state ORDER BY machine').all();
    return rows.map((row) => String(row['machine']));
  }

  load(): Iterable<readonly [string, unknown]> {
    const rows = this.#database
      .prepare('SELECT key, value FROM machine_state WHERE machine = ? ORDER BY key')
      .all(this.#machine);
    return rows.map((row) => [String(row['key']), parseJson(row['value'])] as const);
  }

  set(key: string, value: unknown): void {
    this.#database
      .prepare(
        `INSERT INTO machine_state (machine, key, value) VALUES (?, ?, ?)
         ON CONFLICT (machine, key) DO UPDATE SET value = excluded.value`,
      )
      .run(this.#machine, key, JSON.stringify(value));
  }

  delete(key: string): void {
    this.#database.prepare('DELETE FROM machine_state WHERE machine = ? AND key = ?').run(this.#machine, key);
  }
}
