import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the real etcd is installed on this machine. */
export const hasRealEtcd = spawnSync('etcd', ['--version']).status === 0;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A real, empty, single-member etcd, spoken to through its JSON gateway. */
export class RealEtcd {
  readonly #folder = mkdtempSync(join(tmpdir(), 'real-etcd-'));
  readonly #process: ChildProcess;
  readonly #url: string;

  constructor(client: number, peer: number, flags: readonly string[] = []) {
    this.#url = `http://127.0.0.1:${client}`;
    const peerUrl = `http://127.0.0.1:${peer}`;
    this.#process = spawn(
      'etcd',
      [
        '--name=real', `--data-dir=${this.#folder}/data`, '--logger=zap', '--log-outputs=/dev/null', '--unsafe-no-fsync',
        `--listen-client-urls=${this.#url}`, `--advertise-client-urls=${this.#url}`,
        `--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`, `--initial-cluster=real=${peerUrl}`, ...flags,
      ], // prettier-ignore
      { stdio: 'ignore' },
    );
  }

  static async start(...flags: string[]): Promise<RealEtcd> {
    const etcd = new RealEtcd(await freePort(), await freePort(), flags);
    for (let tries = 0; tries < 100; tries += 1) {
      try {
        await etcd.call('kv/range', { key: 'YQ==' });
        return etcd;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    await etcd.stop();
    throw new Error('etcd did not start');
  }

  /** Its client URL. */
  get url(): string {
    return this.#url;
  }

  /** The answer's JSON as it is, or `{error, code}`. */
  async call(path: string, body: unknown, token?: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#url}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      ...(token === undefined ? {} : { headers: { Authorization: token } }),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  /** Collects the events of a watch until `stop`. */
  async watch(request: unknown, onResult: (result: Record<string, unknown>) => void): Promise<() => void> {
    const abort = new AbortController();
    const response = await fetch(`${this.#url}/v3/watch`, {
      method: 'POST',
      body: JSON.stringify({ create_request: request }),
      signal: abort.signal,
    });
    const read = async (): Promise<void> => {
      let text = '';
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        text += new TextDecoder().decode(chunk);
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) onResult((JSON.parse(line) as { result: Record<string, unknown> }).result);
      }
    };
    read().catch(() => undefined);
    return () => abort.abort();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
