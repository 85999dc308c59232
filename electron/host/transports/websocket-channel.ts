import type { WebSocket } from 'ws';
import type { Channel } from '../../shared/rpc/channel.ts';
import { ChannelListeners } from '../../shared/rpc/channel.ts';
import { decodeFrame, encodeFrame } from '../../shared/rpc/frames.ts';

/** A channel over one accepted WebSocket. What is no frame closes it with 1003. */
export function webSocketChannel(socket: WebSocket): Channel {
  const listeners = new ChannelListeners();
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    try {
      listeners.receive(decodeFrame(isBinary ? new Uint8Array(data) : data.toString('utf8')));
    } catch (error) {
      socket.close(1003, error instanceof Error ? error.message.slice(0, 100) : 'bad frame');
    }
  });
  socket.on('close', (code, reason) => listeners.shut(`${code} ${reason.toString('utf8')}`.trim()));
  socket.on('error', (error) => listeners.shut(error.message));
  return {
    send: (frame) => {
      if (socket.readyState === socket.OPEN) socket.send(encodeFrame(frame));
    },
    onFrame: (listener) => listeners.onFrame(listener),
    onClose: (listener) => listeners.onClose(listener),
    close: (why = 'closed') => {
      socket.close(1000, why.slice(0, 100));
      listeners.shut(why);
    },
    get queuedBytes(): number {
      return socket.bufferedAmount;
    },
  };
}
