import type { SqlDatabase } from '../../base/sql-database.ts';
import type { ConsoleRepository } from '../interface.ts';

const MAX_HISTORY = 10_000;

/** Command history and what terminals showed. */
export class ConsoleTables implements ConsoleRepository {
  readonly #database: SqlDatabase;
  #next: number;

  constructor(database: SqlDatabase) {
    this.#database = database;
    const row = database.prepare('SELECT max(number) AS last FROM console_history').get();
    this.#next = Number(row?.['last'] ?? 0) + 1;
  }

  addHistory(line: string): void {
    this.#database.prepare('INSERT INTO console_history (number, line) VALUES (?, ?)').run(this.#next, line);
    this.#next += 1;
    // Now and then is often enough.
    if (this.#next % 100 === 0) {
      this.#database.prepare('DELETE FROM console_history WHERE number < ?').run(this.#next - MAX_HISTORY);
    }
  }

  history(limit: number): readonly string[] {
    const rows = this.#database
      .prepare('SELECT line FROM console_history ORDER BY number DESC LIMIT ?')
      .all(Math.min(limit, MAX_HISTORY));
    return rows.map((row) => String(row['line'])).reverse();
  }

  setReplay(terminal: string, data: string): void {
    this.#database
      .prepare(
        `INSERT INTO console_replay (terminal, data) VALUES (?, ?)
         ON CONFLICT (terminal) DO UPDATE SET data = excluded.data`,
      )
      .run(terminal, data);
  }

  replay(terminal: string): string | undefined {
    const row = this.#database.prepare('SELECT data FROM console_replay WHERE terminal = ?').get(terminal);
    return row === undefined ? undefined : String(row['data']);
  }

  terminals(): readonly string[] {
    const rows = this.#database.prepare('SELECT terminal FROM console_replay ORDER BY terminal').all();
    return rows.map((row) => String(row['terminal']));
  }

  deleteReplay(terminal: string): void {
    this.#database.prepare('DELETE FROM console_replay WHERE terminal = ?').run(terminal);
  }
}
