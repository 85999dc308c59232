import { basename } from 'node:path';
import type { LabProblem } from '../../labs/lab-file.ts';
import { findLabs, loadLab } from '../../labs/load-lab.ts';
import type { Lab } from '../../shared/lab/lab-schema.ts';

/** A file of a lab that cannot be used. */
export type BrokenLab = LabProblem & { readonly folder: string };

/**
 * The labs below a folder, each read when it is first asked for: parsing and compiling a lab takes tens of
 * milliseconds, and a cluster needs one of them at most to start.
 */
export class LabCatalogue {
  readonly #unread: string[];
  readonly #folders: readonly string[];
  readonly #labs = new Map<string, Lab>();
  readonly #onProblem: (problem: BrokenLab) => void;

  constructor(root: string, onProblem: (problem: BrokenLab) => void) {
    this.#folders = findLabs(root);
    this.#unread = [...this.#folders];
    this.#onProblem = onProblem;
  }

  /** The lab of that id. Its folder has the same name, as a rule; otherwise all are looked through. */
  get(id: string): Lab | undefined {
    for (const folder of this.#folders) if (basename(folder) === id) this.#read(folder);
    const named = this.#find(id);
    if (named !== undefined) return named;
    while (this.readNext());
    return this.#find(id);
  }

  /** All that can be used, by folder. */
  values(): readonly Lab[] {
    while (this.readNext());
    return this.#folders.flatMap((folder) => this.#labs.get(folder) ?? []);
  }

  /** Reads one more; false when there is none left. */
  readNext(): boolean {
    const [folder] = this.#unread;
    if (folder === undefined) return false;
    this.#read(folder);
    return true;
  }

  /** Of two with the same id the later folder counts. */
  #find(id: string): Lab | undefined {
    return this.#folders
      .map((folder) => this.#labs.get(folder))
      .findLast((lab) => lab?.spec.metadata.id === id);
  }

  #read(folder: string): void {
    const index = this.#unread.indexOf(folder);
    if (index < 0) return;
    this.#unread.splice(index, 1);
    const { lab, problems } = loadLab(folder);
    if (lab !== undefined) this.#labs.set(folder, lab);
    for (const problem of problems) this.#onProblem({ ...problem, folder });
  }
}
