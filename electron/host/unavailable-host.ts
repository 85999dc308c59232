import { join } from 'node:path';
import { contract } from '../shared/contract/contract.ts';
import { Settings } from '../shared/contract/session.ts';
import type { SessionState } from '../shared/contract/session.ts';
import type { Channel } from '../shared/rpc/channel.ts';
import { contractHash } from '../shared/rpc/contract-hash.ts';
import { RpcError } from '../shared/rpc/rpc-error.ts';
import type { Handlers } from '../shared/rpc/rpc-server.ts';
import { RpcServer } from '../shared/rpc/rpc-server.ts';
import { KUBERNETES_VERSION } from './cluster-session.ts';
import { WorkspaceUnavailable } from './open-store.ts';

export interface UnavailableHostConfig {
  /** Undefined when not even the flags made sense. */
  readonly dataDir: string | undefined;
  readonly appVersion: string;
  readonly log: (line: string) => void;
}

/**
 * Stands in for a host that could not open its workspace: every page that connects is told why and what to do,
 * over the same contract. Streams besides the session's stay silent; calls are refused.
 */
export class UnavailableHost {
  readonly #rpc: RpcServer<typeof contract>;

  constructor(error: unknown, config: UnavailableHostConfig) {
    const message = error instanceof Error ? error.message : String(error);
    config.log(message);
    const workspace = config.dataDir === undefined ? '' : join(config.dataDir, 'workspace.leme');
    const busy = error instanceof WorkspaceUnavailable && error.code === 'busy';
    const state: SessionState = {
      phase: 'failed',
      notices: [],
      failure: busy
        ? { code: 'workspace.busy', params: { workspace } }
        : { code: 'host.failed', params: { message } },
      appVersion: config.appVersion,
      kubernetesVersion: KUBERNETES_VERSION,
      workspace,
      topology: '',
      endpoints: null,
    };
    this.#rpc = new RpcServer(contract, handlers(state, message), {
      hash: contractHash(contract),
      checkOutput: process.env['LEME_CHECK_OUTPUT'] === '1',
      onBug: (name, bug) => config.log(`${name} failed: ${bug instanceof Error ? bug.message : String(bug)}`),
    });
  }

  serve(channel: Channel): void {
    this.#rpc.serve(channel);
  }
}

function handlers(state: SessionState, message: string): Handlers<typeof contract> {
  const refused = (): never => {
    throw new RpcError('Disconnected', message);
  };
  const rest = Object.entries(contract).map(([name, entry]) => [
    name,
    entry.type === 'stream' ? () => undefined : refused,
  ]);
  return {
    ...(Object.fromEntries(rest) as Handlers<typeof contract>),
    'session.watch': (_input, sink) => sink.next(state),
    // The workspace keeps the learner's choices; without it the page follows the system.
    'settings.get': () => Settings.parse({}),
  };
}
