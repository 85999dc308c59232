import type { SessionState } from '../../shared/contract/session.ts';

type Notice = SessionState['notices'][number];

/** What the host wants to tell once; the app words it by its code. */
export class Notices {
  #list: Notice[] = [];
  #next = 1;

  get list(): Notice[] {
    return [...this.#list];
  }

  add(severity: Notice['severity'], code: string, params: Record<string, string | number> = {}): void {
    this.#list.push({ id: String(this.#next++), severity, code, params });
  }

  dismiss(id: string): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
  }
}
