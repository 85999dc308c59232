import { createServer, isIP } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { CommandSpec } from '../command-spec.ts';
import { KubectlError, usageError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { getObject } from '../objects.ts';
import type { ForwardedPort } from '../remote/forwarded-ports.ts';
import { forwardedPorts } from '../remote/forwarded-ports.ts';
import { openSocket } from '../remote/open-socket.ts';
import { firstPodBehind } from '../remote/pods-behind.ts';
import { checkRunningTimeout, podPath, runningTimeoutFlag } from '../remote/remote-pod.ts';
import { klogLine } from '../request-log.ts';
import { mappingFor } from '../resource-args.ts';
import type { Session } from '../session.ts';

/** `port-forward`: one WebSocket a connection (`v4.channel.k8s.io`). Models kubectl's cmd/portforward (v1.33). */
export const portForward: CommandSpec = {
  name: 'port-forward',
  usage: 'TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  group: 'troubleshooting',
  short: { en: 'Forward local ports to a Pod.', 'pt-BR': 'Encaminha portas locais a um Pod.' },
  examples: [
    'kubectl port-forward pod/web 8080:80',
    'kubectl port-forward service/web 8080:http',
    'kubectl port-forward deploy/web :80',
  ],
  arguments: { of: 'names', type: 'pods' },
  flags: [
    {
      name: 'address',
      kind: 'slice',
      initial: 'localhost',
      help: { en: 'Addresses to listen on.', 'pt-BR': 'Endereços onde escutar.' },
    },
    runningTimeoutFlag,
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const [typed = '', ...words] = args;
  if (words.length === 0)
    throw usageError(session.path, 'TYPE/NAME and list of ports are required for port-forward');
  checkRunningTimeout(flags, session.path);
  const [type = '', name = ''] = typed.includes('/') ? typed.split('/') : ['pods', typed];
  const mapping = await mappingFor(session, type);
  const object = await getObject(session, mapping, await session.namespace(), name);
  const pod = await firstPodBehind(session, mapping, object);
  const ports = forwardedPorts(words, pod, mapping.kind === 'Service' ? object : undefined);
  if (stringAt(pod, 'status', 'phase') !== 'Running')
    throw new KubectlError(
      `unable to forward port because pod is not running. Current status=${stringAt(pod, 'status', 'phase')}`,
    );
  const forwarder = new Forwarder(session, pod);
  try {
    await forwarder.listen(ports, flags.list('address'));
    await forwarder.ended;
  } finally {
    forwarder.close();
  }
}

/** `localhost` is both loopback addresses; anything else must be an address. */
function addressesOf(typed: readonly string[]): string[] {
  return typed.flatMap((each) => {
    if (each === 'localhost') return ['127.0.0.1', '::1'];
    if (isIP(each) === 0) throw new KubectlError(`${each} is not a valid IP`);
    if (!/^127\.|^::1$/.test(each))
      throw new KubectlError(
        `unable to listen on ${each}: this console reaches no further than the loopback of this computer`,
      );
    return [each];
  });
}

class Forwarder {
  /** Settles when a forwarded connection failed, as upstream gives up then, or on Ctrl-C. */
  readonly ended: Promise<void>;
  private readonly session: Session;
  private readonly pod: JsonObject;
  private readonly servers: Server[] = [];
  private readonly open = new Set<Socket>();
  private fail: (error: Error) => void = () => undefined;

  constructor(session: Session, pod: JsonObject) {
    this.session = session;
    this.pod = pod;
    this.ended = new Promise((resolve, reject) => {
      this.fail = reject;
      session.io.signal.addEventListener('abort', () => resolve(), { once: true });
      session.io.stdout.closed.addEventListener('abort', () => resolve(), { once: true });
    });
    this.ended.catch(() => undefined);
  }

  async listen(ports: readonly ForwardedPort[], typed: readonly string[]): Promise<void> {
    const addresses = addressesOf(typed);
    let listening = 0;
    for (const port of ports) {
      const failures: string[] = [];
      let local = port.local;
      for (const address of addresses) {
        const started = await this.start(address, { ...port, local });
        if (typeof started === 'string') failures.push(started);
        else {
          // Both families listen on the port that the first one got.
          local = started;
          const shown = address.includes(':') ? `[${address}]` : address;
          await this.session.out(`Forwarding from ${shown}:${started} -> ${port.remote}\n`);
        }
      }
      if (failures.length < addresses.length) listening++;
      else
        await this.session.err(
          `Unable to listen on port ${port.local}: Listeners failed to create with the following errors: [${failures.join(' ')}]\n`,
        );
    }
    if (listening === 0)
      throw new KubectlError(
        `unable to listen on any of the requested ports: [${ports.map((each) => `{${each.local} ${each.remote}}`).join(' ')}]`,
      );
  }

  /** Answers the port it listens on, or why it does not. */
  private start(address: string, port: ForwardedPort): Promise<number | string> {
    const server = createServer(
      { allowHalfOpen: true },
      (socket) => void this.serve(socket, server, port.remote),
    );
    return new Promise((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const family = address.includes(':') ? 'tcp6' : 'tcp4';
        const shown = address.includes(':') ? `[${address}]` : address;
        const why =
          error.code === 'EADDRINUSE'
            ? 'address already in use'
            : error.code === 'EACCES'
              ? 'permission denied'
              : 'cannot assign requested address';
        resolve(`unable to create listener: Error listen ${family} ${shown}:${port.local}: bind: ${why}`);
      });
      server.listen(port.local, address, () => {
        this.servers.push(server);
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  private async serve(socket: Socket, server: Server, remote: number): Promise<void> {
    const local = (server.address() as AddressInfo).port;
    this.open.add(socket);
    socket.on('close', () => this.open.delete(socket));
    socket.on('error', () => socket.destroy());
    try {
      await this.session.out(`Handling connection for ${local}\n`);
      await forward(this.session, this.pod, socket, remote);
    } catch (error) {
      socket.destroy();
      const why = error instanceof Error ? error.message : String(error);
      await this.session.err(
        klogLine(
          'E',
          'portforward.go:424',
          `"Unhandled Error" err="an error occurred forwarding ${local} -> ${remote}: ${why.replaceAll('"', '\\"')}"`,
        ),
      );
      this.fail(new KubectlError('lost connection to pod'));
    }
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.open) socket.destroy();
  }
}

/** How long a client that has said all waits for the rest of the answer, in milliseconds. */
const LINGER = 5_000;

/** Carries one connection: channel 0 is data, 1 is what went wrong. */
async function forward(session: Session, pod: JsonObject, socket: Socket, remote: number): Promise<void> {
  const path = await podPath(session, pod, 'portforward');
  const query = new URLSearchParams({ ports: String(remote) });
  const websocket = await openSocket(session, path, query, ['v4.channel.k8s.io']);
  await new Promise<void>((resolve, reject) => {
    const greeted = new Set<number>();
    websocket.on('message', (data: Buffer) => {
      const [channel = 0] = data;
      // The first two bytes of each channel are its port.
      const payload = data.subarray(greeted.has(channel) ? 1 : 3);
      greeted.add(channel);
      if (channel === 1 && payload.length > 0) {
        reject(new Error(payload.toString('utf8')));
        websocket.close();
      } else if (channel === 0 && !socket.write(payload)) {
        websocket.pause();
        socket.once('drain', () => websocket.resume());
      }
    });
    websocket.on('close', () => {
      socket.end();
      resolve();
    });
    socket.on('data', (chunk: Buffer) => {
      if (websocket.readyState !== websocket.OPEN) return;
      socket.pause();
      websocket.send(Buffer.concat([Buffer.of(0), chunk]), () => socket.resume());
    });
    socket.on('end', () => {
      const timer = setTimeout(() => websocket.close(), LINGER);
      websocket.on('close', () => clearTimeout(timer));
    });
    socket.on('close', () => websocket.close());
    websocket.resume();
  });
}
