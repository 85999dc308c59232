import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { z } from 'zod';
import { serveTunnel } from './machine-tunnels.ts';
import type { OpenTunnel } from './machine-tunnels.ts';
import { serveExec, type StartExec } from './machine-exec-route.ts';
import { serveMachineFile, type MachineFileAccess } from './machine-file-routes.ts';

const BODY_LIMIT = 1024 * 1024;
const Power = z.object({ action: z.enum(['start', 'shutdown', 'destroy', 'reboot']) });
const History = z.object({ line: z.string().max(100_000), exit: z.number().int() });

export interface MachineEntry {
  readonly name: string;
  readonly address: string;
  readonly os: string;
  readonly powered: boolean;
  /** It has power, and the network between it and the console is whole. */
  readonly reachable: boolean;
  /** Ports of the machine that are served outside, each with the port of 127.0.0.1 that stands for it. */
  readonly loopback?: Readonly<Record<string, number>>;
}

export type PowerAction = 'start' | 'shutdown' | 'destroy' | 'reboot';

export interface MachinesServerOptions {
  readonly token: string;
  machines(): readonly MachineEntry[];
  /** Starts a program. Undefined when there is no such machine. */
  readonly exec: StartExec;
  /** Carries out what `virsh` asks; false when there is no such machine. */
  power(machine: string, action: PowerAction): Promise<boolean>;
  /** Undefined when there is no such machine. */
  files(machine: string): MachineFileAccess | undefined;
  /** Requests of the shell's `lab` command; undefined: no such action. */
  lab(
    action: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: unknown } | undefined>;
  /** Questions of `kubectl explain-scheduling`; undefined: no such action. */
  scheduling(action: string, body: unknown): { readonly status: number; readonly body: unknown } | undefined;
  /** Those of `kubectl explain-controller`. */
  controllers(action: string, body: unknown): { readonly status: number; readonly body: unknown } | undefined;
  /** Connections to addresses inside. */
  readonly connect: OpenTunnel;
  /** A command line of the lab shell has finished. */
  onCommand(line: string, exit: number): void;
}

export interface MachinesServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What the lab shell's `ssh` talks to: commands on simulated machines, for holders of the token only. */
export async function openMachinesServer(options: MachinesServerOptions): Promise<MachinesServer> {
  const server = createServer((request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : 'failed' }));
    });
  });
  const tunnelled = new Set<Socket>();
  server.on('connect', (request, stream, head) => {
    const socket = stream as Socket;
    if (request.headers.origin !== undefined || !authorized(request.headers.authorization, options.token)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    tunnelled.add(socket);
    socket.on('close', () => tunnelled.delete(socket));
    serveTunnel(options.connect, request, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      for (const socket of tunnelled) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

async function handle(
  options: MachinesServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = (status: number, error: string): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  };
  // Browsers always say where a request comes from; the lab shell is none.
  if (request.headers.origin !== undefined) return refuse(403, 'forbidden');
  if (!authorized(request.headers.authorization, options.token)) return refuse(401, 'unauthorized');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const filesOf = /^\/machines\/([^/]+)\/files$/.exec(pathname)?.[1];
  if (filesOf !== undefined) {
    const files = options.files(decodeURIComponent(filesOf));
    if (files === undefined) return refuse(404, `no machine ${filesOf}`);
    return serveMachineFile(files, searchParams, request, response);
  }
  if (request.method === 'GET' && pathname === '/machines') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(options.machines()));
    return;
  }
  if (request.method !== 'POST') return refuse(405, 'method not allowed');
  const machine = /^\/machines\/([^/]+)\/exec$/.exec(pathname)?.[1];
  if (machine !== undefined) {
    const problem = await serveExec(options.exec, decodeURIComponent(machine), request, response);
    if (problem !== undefined) refuse(problem.status, problem.error);
    return;
  }
  const body: unknown = await readJson(request);
  if (pathname === '/history') {
    const parsed = History.safeParse(body);
    if (!parsed.success) return refuse(400, parsed.error.message);
    options.onCommand(parsed.data.line, parsed.data.exit);
    response.writeHead(204).end();
    return;
  }
  const action = /^\/lab\/([a-z]+)$/.exec(pathname)?.[1];
  if (action !== undefined) {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const answer = await options.lab(action, body, gone.signal);
    if (answer === undefined) return refuse(404, 'not found');
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
    return;
  }
  const [, about, asked] = /^\/(scheduling|controllers)\/([A-Za-z]+)$/.exec(pathname) ?? [];
  if (asked !== undefined) {
    const answer =
      about === 'controllers' ? options.controllers(asked, body) : options.scheduling(asked, body);
    if (answer === undefined) return refuse(404, 'not found');
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
    return;
  }
  const switched = /^\/machines\/([^/]+)\/power$/.exec(pathname)?.[1];
  if (switched !== undefined) {
    const parsed = Power.safeParse(body);
    if (!parsed.success) return refuse(400, parsed.error.message);
    if (!(await options.power(decodeURIComponent(switched), parsed.data.action)))
      return refuse(404, `no machine ${switched}`);
    response.writeHead(204).end();
    return;
  }
  return refuse(404, 'not found');
}

function authorized(header: string | undefined, token: string): boolean {
  const [given, wanted] = [Buffer.from(header ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error('request body is too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
