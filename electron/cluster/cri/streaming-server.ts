import { successStatus } from '../apimachinery/status.ts';
import { bytesToLatin1 } from '../network/byte-text.ts';
import type { HttpExchange } from '../network/http.ts';
import { listenHttp } from '../network/http-server.ts';
import type { Connection } from '../network/interface.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { StreamMessage } from '../network/stream-message.ts';
import { streamBody, streamMessageOf, streamSummary } from '../network/stream-message.ts';
import type { CriRequest, CriResponse } from './interface.ts';
import { CriError } from './interface.ts';
import type { NodeRuntime } from './node-runtime.ts';
import type { ContainerSession } from './shims.ts';

/** How long a prepared stream may be asked for, in virtual milliseconds. */
const TOKEN_LIFE = 60_000;
const TOKEN_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

type Serve = (exchange: HttpExchange) => void;

function exitStatus(cmd: readonly string[], code: number): unknown {
  if (code === 0) return successStatus();
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: error executing command [${cmd.join(' ')}], exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

function internalError(what: string): unknown {
  const message = `Internal error occurred: ${what}`;
  const details = { causes: [{ message: what }] };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'InternalError',
    details,
    code: 500,
  };
}

/**
 * containerd's streaming server: what Exec, Attach and PortForward prepared is streamed from here, once. Models
 * k8s.io/kubelet/pkg/cri/streaming (v0.34), whose server containerd uses.
 */
export class StreamingServer {
  readonly #process: ProcessContext;
  readonly #runtime: NodeRuntime;
  readonly #prepared = new Map<string, Serve>();
  #port = 0;

  constructor(process: ProcessContext, runtime: NodeRuntime) {
    this.#process = process;
    this.#runtime = runtime;
  }

  /** On a free port of the loopback interface, as `stream_server_port = "0"` says. */
  listen(): void {
    const { net, rand } = this.#process;
    for (;;) {
      this.#port = 32_768 + Math.floor(rand.float() * 28_000);
      try {
        listenHttp(net, this.#port, (exchange) => this.#accept(exchange));
        return;
      } catch (error) {
        if (!(error instanceof Error) || !error.message.includes('address already in use')) throw error;
      }
    }
  }

  /** @throws CriError when the container does not run */
  exec(request: CriRequest<'Exec'>): CriResponse<'Exec'> {
    this.#checkRunning(request.containerId);
    return this.#prepare('exec', (exchange) => {
      const { containerId, cmd, tty } = request;
      this.#serveProcess(
        exchange,
        (listener) => this.#runtime.shims.exec(containerId, cmd, tty, listener),
        (end) =>
          end.error === undefined
            ? exitStatus(cmd, end.code)
            : internalError(
                `error executing command in container: ${this.#runtime.variant.texts.notExecuted(this.#process.rand.string(64, '0123456789abcdef'), end.error)}`,
              ),
      );
    });
  }

  /** @throws CriError when the container does not run */
  attach(request: CriRequest<'Attach'>): CriResponse<'Attach'> {
    this.#checkRunning(request.containerId);
    return this.#prepare('attach', (exchange) => {
      this.#serveProcess(
        exchange,
        (listener) => this.#runtime.shims.attach(request.containerId, request.stdin, listener),
        () => successStatus(),
      );
    });
  }

  /** @throws CriError when the sandbox is not ready */
  portForward({ podSandboxId }: CriRequest<'PortForward'>): CriResponse<'PortForward'> {
    const sandbox = this.#runtime.store.sandboxes.get(podSandboxId);
    if (sandbox === undefined)
      throw new CriError('NotFound', `failed to find sandbox "${podSandboxId}" in store: not found`);
    if (sandbox.state !== 'SANDBOX_READY')
      throw new CriError('Unknown', `sandbox container "${podSandboxId}" is not running`);
    return this.#prepare('portforward', (exchange) => this.#servePorts(exchange, podSandboxId));
  }

  #checkRunning(containerId: string): void {
    const container = this.#runtime.store.containers.get(containerId);
    if (container === undefined)
      throw new CriError('NotFound', `failed to find container "${containerId}" in store: not found`);
    if (container.state !== 'CONTAINER_RUNNING')
      throw new CriError('Unknown', `container is in ${container.state} state`);
  }

  #prepare(kind: string, serve: Serve): { readonly url: string } {
    const token = this.#process.rand.string(8, TOKEN_LETTERS);
    this.#prepared.set(`/${kind}/${token}`, serve);
    this.#process.clock.setTimeout(() => this.#prepared.delete(`/${kind}/${token}`), TOKEN_LIFE);
    return { url: `http://127.0.0.1:${this.#port}/${kind}/${token}` };
  }

  #accept(exchange: HttpExchange): void {
    const { target } = exchange.request;
    const serve = this.#prepared.get(target);
    this.#prepared.delete(target);
    if (serve === undefined) exchange.respond({ status: 404, headers: {}, body: { type: 'text', text: '' } });
    else serve(exchange);
  }

  #serveProcess(
    exchange: HttpExchange,
    start: (listener: ContainerSession['listener']) => ContainerSession,
    status: (end: { code: number; error?: string }) => unknown,
  ): void {
    const send = (message: StreamMessage): void =>
      exchange.sendItem(streamBody(message), streamSummary(message));
    exchange.onUpload((body) => {
      const message = streamMessageOf(body);
      if (message?.type === 'data' && message.stream === 'stdin') session.input(message.data);
      else if (message?.type === 'close' && message.stream === 'stdin') session.closeInput();
      else if (message?.type === 'resize') session.resize({ columns: message.width, rows: message.height });
    });
    exchange.onCancel(() => session.leave());
    exchange.respond({ status: 101, headers: { upgrade: 'leme-stream' }, stream: true });
    const session: ContainerSession = start({
      output: (stream, data) => send({ type: 'data', stream, data }),
      ended: (end) => {
        send({ type: 'status', status: status(end) });
        exchange.end();
      },
    });
  }

  #servePorts(exchange: HttpExchange, sandboxId: string): void {
    const send = (message: StreamMessage): void =>
      exchange.sendItem(streamBody(message), streamSummary(message));
    const open = new Map<number, { connection?: Connection; waiting: string[] }>();
    const close = (id: number): void => {
      const known = open.get(id);
      open.delete(id);
      known?.connection?.close();
    };
    exchange.onUpload((body) => {
      const message = streamMessageOf(body);
      if (message?.type === 'port-open') {
        open.set(message.connection, { waiting: [] });
        this.#process.go(() => this.#connect(sandboxId, message.connection, message.port, open, send));
      } else if (message?.type === 'port-data') {
        const known = open.get(message.connection);
        if (known?.connection === undefined) known?.waiting.push(message.data);
        else transmit(known.connection, message.data);
      } else if (message?.type === 'port-close') close(message.connection);
    });
    exchange.onCancel(() => [...open.keys()].forEach(close));
    exchange.respond({ status: 101, headers: { upgrade: 'leme-stream' }, stream: true });
  }

  async #connect(
    sandboxId: string,
    id: number,
    port: number,
    open: Map<number, { connection?: Connection; waiting: string[] }>,
    send: (message: StreamMessage) => void,
  ): Promise<void> {
    const ip = this.#runtime.store.sandboxes.get(sandboxId)?.ip ?? '';
    try {
      const connection = await this.#process.net.dial(
        { host: ip, port },
        { protocol: 'tcp', timeout: 30_000 },
      );
      const known = open.get(id);
      if (known === undefined) {
        connection.close();
        return;
      }
      known.connection = connection;
      connection.onMessage((payload) =>
        send({
          type: 'port-data',
          connection: id,
          data: payload instanceof Uint8Array ? bytesToLatin1(payload) : String(payload),
        }),
      );
      connection.onClose(() => {
        if (open.delete(id)) send({ type: 'port-close', connection: id });
      });
      for (const data of known.waiting.splice(0)) transmit(connection, data);
    } catch {
      open.delete(id);
      const message = `error forwarding port ${port} to pod ${sandboxId}, uid : failed to execute portforward in network namespace "/var/run/netns/cni-${sandboxId.slice(0, 8)}": failed to connect to localhost:${port} inside namespace "${sandboxId}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `;
      send({ type: 'port-error', connection: id, message });
    }
  }
}

function transmit(connection: Connection, data: string): void {
  if (!connection.closed) connection.send(data, { phase: 'item', summary: `${data.length} bytes`, call: 0 });
}
