import { ChannelListeners } from '../../electron/shared/rpc/channel.ts';
import type { Channel } from '../../electron/shared/rpc/channel.ts';
import type { Frame } from '../../electron/shared/rpc/frames.ts';

/** Frames over a MessagePort. Bytes are transferred as they are; `null` is the last message of a side that closes. */
export function portChannel(port: MessagePort): Channel {
  const listeners = new ChannelListeners();
  port.onmessage = (event: MessageEvent<Frame | null>): void => {
    if (event.data === null) listeners.shut('closed by the host');
    else listeners.receive(event.data);
  };
  port.addEventListener('close', () => listeners.shut('the host has ended'));
  port.start();
  return {
    send: (frame) => {
      if (!listeners.closed) port.postMessage(frame);
    },
    onFrame: (listener) => listeners.onFrame(listener),
    onClose: (listener) => listeners.onClose(listener),
    close: (why = 'closed by the app') => {
      if (!listeners.closed) port.postMessage(null);
      port.close();
      listeners.shut(why);
    },
    queuedBytes: 0,
  };
}
