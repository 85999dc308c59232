import type { ConcurrencyMethod, ConcurrencyMethods } from '../../client/concurrency.ts';
import { EtcdError } from '../../client/interface.ts';
import type { StreamHandlers } from '../../client/connection.ts';
import type { Caller } from '../interface.ts';
import { campaign, leader, observe, proclaim, resign } from './election-service.ts';
import type { LocalServer } from './local-client.ts';
import { LocalClient } from './local-client.ts';
import { lock, unlock } from './lock-service.ts';

type Response = ConcurrencyMethods[ConcurrencyMethod]['response'];
type Answer<M extends ConcurrencyMethod> = (
  client: LocalClient,
  request: ConcurrencyMethods[M]['request'],
  tell: (response: Response) => void,
) => Promise<Response>;

const ANSWERS: { readonly [M in ConcurrencyMethod]: Answer<M> } = {
  Lock: lock,
  Unlock: unlock,
  Campaign: campaign,
  Proclaim: proclaim,
  Leader: leader,
  Observe: observe,
  Resign: resign,
};

/** Answers a method of Lock or Election, which are clients of their own member. Returns what ends it early. */
export function answerConcurrency<M extends ConcurrencyMethod>(
  server: LocalServer,
  caller: Caller,
  method: M,
  request: ConcurrencyMethods[M]['request'],
  handlers: StreamHandlers<Response>,
): () => void {
  const controller = new AbortController();
  const client = new LocalClient(server, caller, controller.signal);
  const tell = (response: Response): void => {
    if (!controller.signal.aborted) handlers.onResponse(response);
  };
  const end = (error: EtcdError | undefined): void => {
    if (!controller.signal.aborted) handlers.onEnd(error);
  };
  void (ANSWERS[method] as Answer<M>)(client, request, tell).then(
    (response) => {
      tell(response);
      end(undefined);
    },
    (error: unknown) => {
      if (!(error instanceof EtcdError)) throw error;
      // Upstream's client has taken the code off by then; the text is left.
      end(new EtcdError('Unknown', error.message));
    },
  );
  return () => controller.abort();
}
