import { ChannelListeners } from '../../electron/shared/rpc/channel.ts';
import type { Channel } from '../../electron/shared/rpc/channel.ts';
import { decodeFrame, encodeFrame } from '../../electron/shared/rpc/frames.ts';

/** Frames over a WebSocket that is open already: JSON as text, terminal bytes as binary messages. */
export function socketChannel(socket: WebSocket): Channel {
  const listeners = new ChannelListeners();
  socket.binaryType = 'arraybuffer';
  socket.onmessage = (event: MessageEvent<string | ArrayBuffer>): void => {
    const data = typeof event.data === 'string' ? event.data : new Uint8Array(event.data);
    listeners.receive(decodeFrame(data));
  };
  socket.onclose = (event): void =>
    listeners.shut(event.reason === '' ? `connection closed (${event.code})` : event.reason);
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN)
        socket.send(encodeFrame(frame) as string | Uint8Array<ArrayBuffer>);
    },
    onFrame: (listener) => listeners.onFrame(listener),
    onClose: (listener) => listeners.onClose(listener),
    close: (why = 'closed by the app') => {
      socket.close(1000, why);
      listeners.shut(why);
    },
    get queuedBytes() {
      return socket.bufferedAmount;
    },
  };
}
