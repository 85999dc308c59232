import type { LocalState, ProcessContext } from '../machine/interface.ts';

const THAWED = 'thawed:';
const IDENTITY = 'leader-identity:';

/** The next start of `component` on this machine goes on with a process that was frozen when the app was closed. */
export function markThawed(state: LocalState, component: string): void {
  state.set(THAWED + component, true);
}

/** Whether this start is such a one; asked once per start. */
export function takeThawed(state: LocalState, component: string): boolean {
  const thawed = state.get(THAWED + component) === true;
  state.delete(THAWED + component);
  return thawed;
}

/** `<host>_<uuid>`: a new one at each start, but the old one where the process was only frozen. */
export function leaderIdentity(process: ProcessContext, component: string, thawed: boolean): string {
  const kept = process.state.get(IDENTITY + component);
  if (thawed && typeof kept === 'string') return kept;
  const identity = `${process.machine.name}_${process.rand.uuid()}`;
  process.state.set(IDENTITY + component, identity);
  return identity;
}
