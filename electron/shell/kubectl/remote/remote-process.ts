import type { WebSocket } from 'ws';
import { AbortableSource } from '../../streams/abortable-source.ts';
import type { ByteSource } from '../../interface.ts';
import { KubectlError, PlainExit } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { listAt, parseObject, stringAt } from '../json.ts';
import type { Session } from '../session.ts';
import { openSocket } from './open-socket.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;

export interface RemoteStreams {
  /** Undefined passes nothing. */
  readonly stdin?: ByteSource | undefined;
  readonly tty: boolean;
  /** Where output goes instead of the command's own streams; awaited before more is read. */
  readonly onStdout?: (bytes: Uint8Array) => Promise<void>;
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** Reads what is typed until the process or the input ends. */
async function pump(socket: WebSocket, source: ByteSource, over: AbortSignal): Promise<void> {
  const input = new AbortableSource(source, over);
  for await (const chunk of input) {
    if (socket.readyState !== socket.OPEN) return;
    // Not faster than the server takes it: the callback comes when the bytes have left.
    await new Promise<void>((sent) => socket.send(Buffer.concat([Buffer.of(STDIN), chunk]), () => sent()));
  }
  if (!over.aborted && socket.readyState === socket.OPEN) socket.send(Buffer.of(CLOSE, STDIN));
}

/**
 * Runs exec or attach over a WebSocket and answers the Status that ended it; undefined when the connection ended without one.
 * With a terminal the keyboard is raw and its size follows the window's. Models client-go's tools/remotecommand/v5.go (v0.33).
 */
export async function runRemote(
  session: Session,
  path: string,
  query: URLSearchParams,
  streams: RemoteStreams,
): Promise<JsonObject | undefined> {
  const { io } = session;
  const socket = await openSocket(session, path, query, ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
  const over = new AbortController();
  const keyboard = streams.tty && io.stdin.isTty ? io.tty?.grabKeys() : undefined;
  const { tty } = io;
  const resize = (): void => {
    if (socket.readyState !== socket.OPEN || tty === undefined) return;
    const size = JSON.stringify({ Width: tty.columns, Height: tty.rows });
    socket.send(Buffer.concat([Buffer.of(RESIZE), Buffer.from(size)]));
  };
  const stopResizing = keyboard === undefined ? undefined : tty?.onResize(resize);
  let status: JsonObject | undefined;
  let written: Promise<void> = Promise.resolve();
  try {
    const ended = new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
    });
    socket.on('message', (data: Buffer | ArrayBuffer | Buffer[]) => {
      const bytes = bytesOf(data);
      const payload = bytes.subarray(1);
      if (bytes[0] === ERROR) status = parseObject(payload.toString('utf8'));
      else if ((bytes[0] === STDOUT || bytes[0] === STDERR) && payload.length > 0) {
        const write =
          bytes[0] === STDERR
            ? (part: Uint8Array) => io.stderr.write(part)
            : (streams.onStdout ?? ((part: Uint8Array) => io.stdout.write(part)));
        written = written.then(() => write(payload));
        // A reader that has gone ends the session; `written` tells it below.
        written.catch(() => socket.terminate());
      }
    });
    socket.resume();
    if (keyboard !== undefined) resize();
    const source = streams.stdin === undefined ? undefined : (keyboard?.keys ?? streams.stdin);
    if (source !== undefined) pump(socket, source, over.signal).catch(() => socket.terminate());
    await ended;
    await written;
    return status;
  } finally {
    over.abort();
    stopResizing?.();
    keyboard?.release();
    socket.terminate();
  }
}

/** Throws what kubectl says about a Status that is no success. */
export function checkRemoteStatus(status: JsonObject | undefined): void {
  if (status === undefined || stringAt(status, 'status') === 'Success') return;
  if (stringAt(status, 'reason') === 'NonZeroExitCode') {
    const cause = listAt(status, 'details', 'causes').find((each) => stringAt(each, 'reason') === 'ExitCode');
    const code = Number(stringAt(cause, 'message'));
    throw new PlainExit(`command terminated with exit code ${code}`, code);
  }
  throw new KubectlError(stringAt(status, 'message'));
}

/** Whether a person types here; says so when not. */
export async function canUseTerminal(session: Session): Promise<boolean> {
  if (session.io.stdin.isTty && session.io.tty !== undefined) return true;
  await session.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return false;
}
