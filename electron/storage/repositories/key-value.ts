import type { SqlDatabase, SqlStatement } from '../../base/sql-database.ts';
import type { Json, MetaRepository, SettingsRepository } from '../interface.ts';
import { parseJson } from './json.ts';

/** A table of name and JSON: meta, settings. */
export class KeyValueTable implements MetaRepository, SettingsRepository {
  readonly #get: SqlStatement;
  readonly #set: SqlStatement;
  readonly #delete: SqlStatement;
  readonly #all: SqlStatement;

  constructor(database: SqlDatabase, table: 'meta' | 'setting') {
    this.#get = database.prepare(`SELECT value FROM ${table} WHERE key = ?`);
    this.#set = database.prepare(
      `INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    );
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE key = ?`);
    this.#all = database.prepare(`SELECT key, value FROM ${table} ORDER BY key`);
  }

  get(key: string): Json | undefined {
    const row = this.#get.get(key);
    return row === undefined ? undefined : parseJson(row['value']);
  }

  set(key: string, value: Json): void {
    this.#set.run(key, JSON.stringify(value));
  }

  delete(key: string): void {
    this.#delete.run(key);
  }

  all(): Readonly<Record<string, Json>> {
    return Object.fromEntries(this.#all.all().map((row) => [String(row['key']), parseJson(row['value'])]));
  }
}
