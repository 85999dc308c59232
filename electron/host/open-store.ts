import type { Workspace } from '../storage/interface.ts';
import { openWorkspace } from '../storage/open-workspace.ts';
import type { Notices } from './services/notices.ts';

/** The workspace cannot be used; the message says why and what to do. */
export class WorkspaceUnavailable extends Error {
  readonly code: 'busy' | 'failed';

  constructor(code: WorkspaceUnavailable['code'], message: string) {
    super(message);
    this.name = 'WorkspaceUnavailable';
    this.code = code;
  }
}

/**
 * Opens the workspace file. One that cannot be read (damaged, newer, something else) is set aside under
 * another name and a new one made; the person is told. @throws WorkspaceUnavailable
 */
export function openStore(
  path: string,
  now: Date,
  notices: Notices,
  log: (message: string) => void,
): Workspace {
  const timestamp = now.toISOString().replace(/[:.]/g, '-').slice(0, 19);
  for (let tries = 0; tries < 3; tries += 1) {
    const outcome = openWorkspace(path, {
      timestamp: `${timestamp}-${tries}`,
      log: ({ level, message }) => {
        if (level !== 'info' || process.env['LEME_DEBUG'] !== undefined) log(message);
      },
    });
    switch (outcome.outcome) {
      case 'opened':
        return outcome.workspace;
      case 'set-aside':
        log(outcome.message);
        notices.add('warning', `workspace.${outcome.reason}`, { movedTo: outcome.movedTo });
        break;
      case 'busy':
      case 'failed':
        throw new WorkspaceUnavailable(outcome.outcome, outcome.message);
    }
  }
  throw new WorkspaceUnavailable('failed', `${path} could not be opened`);
}
