import type { Channel } from '../../electron/shared/rpc/channel.ts';
import type { HostBridge, OpenChannel } from './interface.ts';
import { portChannel } from './port-channel.ts';
import { socketChannel } from './socket-channel.ts';

const TOKEN_KEY = 'leme.token';
/** Real milliseconds to wait for a port or an open socket. */
const PATIENCE = 10_000;

/** The way to the host from where this page runs: a MessagePort inside Electron, a WebSocket in a browser. */
export function chooseTransport(page: Window): OpenChannel {
  const bridge = page.hostBridge;
  if (bridge !== undefined) return () => openPort(page, bridge);
  const token = takeToken(page);
  return () => openSocket(page, token);
}

/** The token comes once in the address (`#token=…`); it is kept for reloads of this tab and taken out of the address. */
export function takeToken(page: Window): string {
  const given = new URLSearchParams(page.location.hash.slice(1)).get('token');
  if (given === null) return page.sessionStorage.getItem(TOKEN_KEY) ?? '';
  page.sessionStorage.setItem(TOKEN_KEY, given);
  page.history.replaceState(null, '', page.location.pathname + page.location.search);
  return given;
}

function openPort(page: Window, bridge: HostBridge): Promise<Channel> {
  const nonce = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      page.removeEventListener('message', receive);
    };
    const receive = (event: MessageEvent<unknown>): void => {
      const data = event.data as { nonce?: unknown } | null;
      const port = event.ports[0];
      if (event.source !== page || data?.nonce !== nonce || port === undefined) return;
      stop();
      resolve(portChannel(port));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('the host gave no port'));
    }, PATIENCE);
    page.addEventListener('message', receive);
    bridge.requestPort(nonce);
  });
}

function openSocket(page: Window, token: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const scheme = page.location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${page.location.host}/rpc`, ['leme.v1', `token.${token}`]);
    const timer = setTimeout(() => socket.close(), PATIENCE);
    socket.onopen = (): void => {
      clearTimeout(timer);
      resolve(socketChannel(socket));
    };
    socket.onclose = (event): void => {
      clearTimeout(timer);
      reject(new Error(`no connection (${event.code})`));
    };
  });
}
