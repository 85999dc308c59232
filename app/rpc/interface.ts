import type { Contract } from '../../electron/shared/contract/contract.ts';
import type { RpcClient } from '../../electron/shared/rpc/rpc-client.ts';
import type { Channel } from '../../electron/shared/rpc/channel.ts';

/** The host as this app talks to it. */
export type HostClient = RpcClient<Contract>;

/** Opens a new channel to the host; rejects when the host cannot be reached. */
export type OpenChannel = () => Promise<Channel>;

/** What the preload script offers inside Electron. */
export interface HostBridge {
  /** The port then arrives by a `message` event on the window, with `{ nonce }` as its data. */
  requestPort(nonce: string): void;
}

declare global {
  interface Window {
    hostBridge?: HostBridge;
  }
}
