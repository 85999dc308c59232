import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';

/** A simulated machine as the host lists it. */
export interface MachineInfo {
  name: string;
  address: string;
  os: string;
  /** Ports of the machine that can be reached from here, each with the port of 127.0.0.1 that stands for it. */
  loopback?: Readonly<Record<string, number>>;
  powered: boolean;
  /** It has power, and the network between it and the console is whole. */
  reachable: boolean;
}

export type PowerAction = 'start' | 'shutdown' | 'destroy' | 'reboot';

/** A piece of what a remote command answers; the last one has `exit`. `want`: it reads from the terminal from now on. */
export type ExecPiece =
  { stdout: string } | { stderr: string } | { want: 'keys' | 'line' } | { exit: number };

/** A program of a machine to run there. */
export interface ExecRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** All of standard input, where it is none of a terminal. */
  readonly stdin?: string;
  /** The size of the terminal that it writes to. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
}

export interface RunningExec {
  readonly pieces: AsyncGenerator<ExecPiece>;
  /** What is typed: `{keys}` (bytes as Latin-1), `{line}`, or a new size of the terminal. */
  send(input: object): void;
}

/** The host could not be asked, or answered something unexpected. */
export class MachinesError extends Error {
  override readonly name = 'MachinesError';
}

/** The host's machine endpoint (`LEME_MACHINES_URL`, `LEME_MACHINES_TOKEN`): HTTP on loopback. */
export class MachinesClient {
  readonly #url: string;
  readonly #token: string;
  readonly #agent = new Agent({ keepAlive: false });

  constructor(url: string, token: string) {
    this.#url = url.replace(/\/$/, '');
    this.#token = token;
  }

  /** `undefined` when the environment names no host. */
  static from(env: Readonly<Record<string, string>>): MachinesClient | undefined {
    const url = env['LEME_MACHINES_URL'];
    return url === undefined || url === ''
      ? undefined
      : new MachinesClient(url, env['LEME_MACHINES_TOKEN'] ?? '');
  }

  async list(signal: AbortSignal): Promise<MachineInfo[]> {
    const answer = await fetch(`${this.#url}/machines`, {
      headers: { authorization: `Bearer ${this.#token}` },
      signal,
    });
    if (!answer.ok) throw new MachinesError(`the host answered ${String(answer.status)}`);
    return (await answer.json()) as MachineInfo[];
  }

  /**
   * Where a port of a machine is reached from here. `host` is a machine's name or address; a loopback address is the
   * machine `self`, and without one the first that serves the port: the console has no servers of its own. `authority`
   * names the machine as the cluster knows it. `undefined`: no machine has it.
   */
  async loopback(
    host: string,
    port: number,
    self: string | undefined,
    signal: AbortSignal,
  ): Promise<{ host: string; port: number; authority: string } | undefined> {
    const own = host === 'localhost' || host === '::1' || host.startsWith('127.');
    const machines = await this.list(signal);
    const machine = own
      ? machines.find(({ name, loopback }) =>
          self === undefined ? loopback?.[port] !== undefined : name === self,
        )
      : machines.find(({ name, address }) => name === host || address === host);
    const mapped = machine?.loopback?.[port];
    if (machine === undefined || mapped === undefined) return undefined;
    return { host: '127.0.0.1', port: mapped, authority: `${own ? machine.address : host}:${port}` };
  }

  /** One request about a file of a machine, as the host's `/machines/NAME/files` takes it. */
  async file(
    machine: string,
    method: string,
    query: Readonly<Record<string, string>>,
    body: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    return fetch(
      `${this.#url}/machines/${encodeURIComponent(machine)}/files?${new URLSearchParams(query).toString()}`,
      {
        method,
        headers: { authorization: `Bearer ${this.#token}` },
        signal,
        ...(body === undefined ? {} : { body: Buffer.from(body) }),
      },
    );
  }

  /** Runs a program on a machine; ending the iteration or aborting the signal closes the request, which cancels it there. `null`: no such machine. */
  async exec(machine: string, asked: ExecRequest, signal: AbortSignal): Promise<RunningExec | null> {
    const { call, answered } = this.#open(`/machines/${encodeURIComponent(machine)}/exec`, signal);
    call.write(`${JSON.stringify(asked)}\n`);
    // Nobody types into what is no terminal.
    if (asked.terminal === undefined) call.end();
    const answer = await answered;
    if (answer.statusCode !== 200) {
      answer.destroy();
      if (answer.statusCode === 404) return null;
      throw new MachinesError(`the host answered ${String(answer.statusCode)}`);
    }
    return {
      pieces: pieces(answer, call),
      send: (input) => {
        if (!call.destroyed && !call.writableEnded) call.write(`${JSON.stringify(input)}\n`);
      },
    };
  }

  /** Presses a machine's power switch; resolves when it has taken effect. False: no such machine. */
  async power(machine: string, action: PowerAction, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#post(
      `/machines/${encodeURIComponent(machine)}/power`,
      JSON.stringify({ action }),
      signal,
    );
    answer.resume();
    if (answer.statusCode === 404) return false;
    if (answer.statusCode !== 204) throw new MachinesError(`the host answered ${String(answer.statusCode)}`);
    return true;
  }

  #post(path: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { call, answered } = this.#open(path, signal, Buffer.byteLength(body));
    call.end(body);
    return answered;
  }

  #open(
    path: string,
    signal: AbortSignal,
    length?: number,
  ): { call: ClientRequest; answered: Promise<IncomingMessage> } {
    const call = request(`${this.#url}${path}`, {
      method: 'POST',
      agent: this.#agent,
      signal,
      headers: {
        'content-type': 'application/json',
        ...(length === undefined ? {} : { 'content-length': length }),
        authorization: `Bearer ${this.#token}`,
      },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      call.on('response', resolve);
      call.on('error', reject);
    });
    return { call, answered };
  }
}

async function* pieces(answer: IncomingMessage, call: ClientRequest): AsyncGenerator<ExecPiece> {
  let rest = '';
  answer.setEncoding('utf8');
  try {
    for await (const chunk of answer) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as ExecPiece;
    }
    if (rest.trim() !== '') yield JSON.parse(rest) as ExecPiece;
  } finally {
    answer.destroy();
    call.destroy();
  }
}
