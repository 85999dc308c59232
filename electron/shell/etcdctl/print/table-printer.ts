import { goDuration } from './go-text.ts';
import type { Output, Printer, Shown, ShownKind, Version } from './interface.ts';
import { dbStatusRows, hashRows, healthRows, memberRows, statusRows, type Rows } from './rows.ts';
import { drawTable } from './table.ts';

/** `-w table`: lists of members and endpoints, and the status of a snapshot. */
export class TablePrinter implements Printer {
  readonly #version: Version;

  constructor(version: Version) {
    this.#version = version;
  }

  show<K extends ShownKind>(kind: K, shown: Shown[K]): Output | undefined {
    const rows = this.#rows(kind, shown);
    return rows && { stdout: drawTable(rows.head, rows.rows) };
  }

  #rows(kind: ShownKind, shown: Shown[ShownKind]): Rows | undefined {
    switch (kind) {
      case 'MemberList':
        return memberRows(shown as Shown['MemberList']);
      case 'EndpointHealth':
        return healthRows(shown as Shown['EndpointHealth'], goDuration);
      case 'EndpointStatus':
        return statusRows(shown as Shown['EndpointStatus'], this.#version);
      case 'EndpointHashKV':
        return hashRows(shown as Shown['EndpointHashKV'], this.#version);
      case 'DBStatus':
        return dbStatusRows(shown as Shown['DBStatus'], this.#version);
      default:
        return undefined;
    }
  }
}
