import type { ConfState, Entry, SnapshotMetadata } from '../../../raft/interface.ts';
import type { Backend, BackendImage } from '../../backend/interface.ts';
import { NO_MEMBERS } from './member-log.ts';

/** How far this member has applied its log, and the configuration as of there; kept in the backend with the data. */
export class AppliedState {
  readonly #backend: Backend;
  #index: number;
  #term: number;
  #storedTerm: number;
  #confState: ConfState;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#index = Number(backend.getMeta('consistentIndex') ?? '0');
    this.#term = Number(backend.getMeta('term') ?? '0');
    this.#storedTerm = this.#term;
    const stored = backend.getMeta('confState');
    this.#confState = stored === undefined ? NO_MEMBERS : (JSON.parse(stored) as ConfState);
  }

  get index(): number {
    return this.#index;
  }

  get term(): number {
    return this.#term;
  }

  get confState(): ConfState {
    return this.#confState;
  }

  set confState(confState: ConfState) {
    this.#confState = confState;
    this.#backend.setMeta('confState', JSON.stringify(confState));
  }

  /** Not stored before `store`: an entry and those that are applied in the same turn are stored together. */
  advance({ index, term }: Entry): void {
    this.#index = index;
    this.#term = term;
  }

  store(): void {
    this.#backend.setMeta('consistentIndex', String(this.#index));
    if (this.#term === this.#storedTerm) return;
    this.#storedTerm = this.#term;
    this.#backend.setMeta('term', String(this.#term));
  }

  /** Takes over what another member had applied. */
  restore(image: BackendImage, { index, term, confState }: SnapshotMetadata, memberId: string): void {
    this.#backend.restore(image);
    this.#backend.setMeta('memberId', memberId);
    this.#index = index;
    this.#term = term;
    this.#storedTerm = -1;
    this.confState = confState;
    this.store();
  }
}
