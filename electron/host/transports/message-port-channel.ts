import type { Channel } from '../../shared/rpc/channel.ts';
import { ChannelListeners } from '../../shared/rpc/channel.ts';
import type { Frame } from '../../shared/rpc/frames.ts';

/** What `MessagePortMain` of Electron and `MessagePort` of node:worker_threads have in common. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start?(): void;
  close(): void;
}

/** A channel over a message port. Frames are structured clones; bytes need no encoding. */
export function messagePortChannel(port: PortLike): Channel {
  const listeners = new ChannelListeners();
  port.on('message', (message) => {
    // Electron wraps what was posted in an event with `data`; node:worker_threads does not.
    const wrapped = message as { data?: unknown; t?: unknown };
    const frame = (typeof wrapped.t === 'string' ? wrapped : wrapped.data) as Frame | undefined;
    if (typeof frame?.t === 'string') listeners.receive(frame);
    else listeners.shut('bad frame');
  });
  port.on('close', () => listeners.shut('port closed'));
  port.start?.();
  return {
    send: (frame) => {
      if (!listeners.closed) port.postMessage(frame);
    },
    onFrame: (listener) => listeners.onFrame(listener),
    onClose: (listener) => listeners.onClose(listener),
    close: (why = 'closed') => {
      port.close();
      listeners.shut(why);
    },
    queuedBytes: 0,
  };
}
