import type { IpcMainEvent, MessagePortMain } from 'electron';
import { isAppUrl } from '../security.ts';

export const REQUEST_PORT = 'leme:request-port';
export const PORT = 'leme:port';

/** What the broker needs of Electron; a test gives its own. */
export interface BrokerDeps {
  /** The only window's web contents id. */
  readonly windowId: () => number | undefined;
  readonly createChannel: () => { readonly port1: MessagePortMain; readonly port2: MessagePortMain };
  readonly toHost: (port: MessagePortMain) => void;
  readonly refuse: (why: string) => void;
}

/**
 * Hands one end of a new channel to the host and the other to the page that asked, after checking who asks:
 * our window, its main frame, our origin. From then on the main process is not in the data path.
 */
export function brokerPort(deps: BrokerDeps, event: IpcMainEvent, nonce: unknown): void {
  const { sender, senderFrame } = event;
  if (sender.id !== deps.windowId()) return deps.refuse('request from another window');
  if (senderFrame === null || senderFrame !== sender.mainFrame)
    return deps.refuse('request from a sub-frame');
  if (!isAppUrl(senderFrame.url)) return deps.refuse(`request from ${senderFrame.url}`);
  if (typeof nonce !== 'string' || !/^[0-9a-f-]{16,64}$/.test(nonce))
    return deps.refuse('request without a nonce');
  const { port1, port2 } = deps.createChannel();
  deps.toHost(port1);
  senderFrame.postMessage(PORT, nonce, [port2]);
}
