import type { JournalEntry } from './interface.ts';

const LINES = 2_000;

/** The newest entries of one unit. */
export class UnitJournal {
  readonly entries: JournalEntry[] = [];

  add(entry: JournalEntry): void {
    this.entries.push(entry);
    if (this.entries.length > LINES) this.entries.splice(0, this.entries.length - LINES);
  }
}
