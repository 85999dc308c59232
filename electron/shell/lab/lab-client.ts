import { request } from 'node:http';
import { URL } from 'node:url';
import type { LabState } from '../../shared/contract/lab.ts';

/** A refusal by the host, worded for people. */
export class LabError extends Error {}

/** Talks to the host about the lab that is open. */
export class LabClient {
  readonly #url: string;
  readonly #token: string;
  readonly #signal: AbortSignal;

  /** @throws LabError when the shell was not started by Leme. */
  constructor(env: Readonly<Record<string, string>>, signal: AbortSignal) {
    const { LEME_MACHINES_URL: url, LEME_MACHINES_TOKEN: token } = env;
    if (url === undefined || token === undefined)
      throw new LabError('no cluster: this shell was not started by Leme');
    this.#url = url;
    this.#token = token;
    this.#signal = signal;
  }

  async state(): Promise<LabState> {
    return (await this.#post('state', {})) as LabState;
  }

  async answer(step: string, question: string, answer: readonly string[]): Promise<void> {
    await this.#post('answer', { step, question, answer });
  }

  async hint(step: string, task: string, hint: number): Promise<void> {
    await this.#post('hint', { step, task, hint });
  }

  /** Waits until a step is done, or one of its tasks has passed; false after so many seconds of the cluster's time. */
  async wait(step: string, task: string | undefined, seconds: number): Promise<boolean> {
    const answer = await this.#post('wait', { step, ...(task === undefined ? {} : { task }), seconds });
    return (answer as { met: boolean }).met;
  }

  #post(action: string, body: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(`/lab/${action}`, this.#url),
        {
          method: 'POST',
          headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
          signal: this.#signal,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const value = JSON.parse(text === '' ? '{}' : text) as { error?: string };
            if (response.statusCode === 200) resolve(value);
            else reject(new LabError(value.error ?? `the host answered ${response.statusCode}`));
          });
          response.on('error', reject);
        },
      );
      call.on('error', reject);
      call.end(JSON.stringify(body));
    });
  }
}
