import { isServiceError, message as errorText, type EtcdClient } from './etcd-client.ts';
import { CallError } from '../errors.ts';
import type { Answer, LeaseResponse } from './messages.ts';
import { messageType, type Message } from './schema.ts';

/** Leases are looked at this often, in milliseconds. */
const TICK_MS = 500;
const RESPONSE = 'etcdserverpb.LeaseKeepAliveResponse';

const answerOf = (message: Message): Answer<LeaseResponse> => ({
  type: messageType(RESPONSE),
  bytes: Buffer.alloc(0),
  message: message as unknown as LeaseResponse,
});

/** Renews a lease once. @throws CallError when there is no such lease */
export async function keepAliveOnce(
  client: EtcdClient,
  id: string,
  signal: AbortSignal,
): Promise<Answer<LeaseResponse>> {
  for await (const answer of keepAlive(client, id, signal)) return answer;
  throw new CallError('etcdserver: requested lease not found');
}

/**
 * Renews a lease whenever a third of its time has passed and answers each renewal. Ends when the lease does, or when the
 * signal fires.
 */
export async function* keepAlive(
  client: EtcdClient,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Answer<LeaseResponse>> {
  while (!signal.aborted) {
    const stream = await client.bidi(
      '/etcdserverpb.Lease/LeaseKeepAlive',
      'etcdserverpb.LeaseKeepAliveRequest',
      RESPONSE,
    );
    let due = Infinity;
    const ask = (): void => {
      due = Infinity;
      stream.write({ ID: id });
    };
    const timer = setInterval(() => Date.now() >= due && ask(), TICK_MS);
    const stop = (): void => stream.cancel();
    signal.addEventListener('abort', stop);
    ask();
    try {
      for await (const message of stream) {
        const answer = answerOf(message as Message);
        if (Number(answer.message.TTL) <= 0) return;
        due = Date.now() + (Number(answer.message.TTL) * 1000) / 3;
        yield answer;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isServiceError(error)) throw error;
      if (error.code !== 14) throw new CallError(errorText(error), error.code);
      client.rotate();
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', stop);
      stream.cancel();
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
