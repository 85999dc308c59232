import { defineStore } from 'pinia';
import { computed, markRaw, ref, shallowRef } from 'vue';
import type { Contract } from '../../electron/shared/contract/contract.ts';
import type { NamesOf } from '../../electron/shared/contract/define.ts';
import type { z } from 'zod';
import { reportBug } from '../composables/report-bug.ts';
import { HostLink } from '../rpc/link.ts';
import type { LinkStatus } from '../rpc/link.ts';
import type { HostClient, OpenChannel } from '../rpc/interface.ts';

type StreamName = NamesOf<Contract, 'stream'>;
type CallName = NamesOf<Contract, 'call'>;
type InputOf<N extends keyof Contract> = z.input<Contract[N]['input']>;
type ItemOf<N extends StreamName> = Contract[N] extends { item: infer T extends z.ZodType }
  ? z.output<T>
  : never;
type OutputOf<N extends CallName> = Contract[N] extends { output: infer T extends z.ZodType }
  ? z.output<T>
  : never;

/** The one connection to the host. Streams opened with `follow` are opened again after every reconnect. */
export const useConnection = defineStore('connection', () => {
  const status = ref<LinkStatus>({ phase: 'connecting', attempt: 1 });
  const client = shallowRef<HostClient>();
  /** Grows with each connection, so that what hangs on one (a terminal) can be attached anew. */
  const generation = ref(0);
  const everConnected = ref(false);
  const connected = computed(() => status.value.phase === 'connected');
  const followers = new Set<() => void>();
  let link: HostLink | undefined;

  function start(open: OpenChannel): void {
    link = new HostLink(
      open,
      (next) => {
        status.value = next;
        if (next.phase !== 'connected') client.value = undefined;
      },
      (next) => {
        client.value = markRaw(next);
        everConnected.value = true;
        generation.value += 1;
        for (const open of followers) open();
      },
    );
    link.start();
  }

  function stop(): void {
    link?.stop();
    followers.clear();
  }

  /** Follows a stream for as long as the returned function is not called. The host's first item is always everything. */
  function follow<N extends StreamName>(
    name: N,
    input: InputOf<N>,
    onItem: (item: ItemOf<N>) => void,
  ): () => void {
    let handle: { cancel(): void } | undefined;
    let over = false;
    const open = (): void => {
      const host = client.value;
      if (host === undefined || over) return;
      handle = host.stream(name, input as never, {
        onItem: onItem as never,
        onEnd: (error) => {
          handle = undefined;
          if (error?.code === 'Expired') open();
          else if (error !== undefined && error.code !== 'Disconnected' && error.code !== 'Cancelled') {
            reportBug(`${name}: ${error.code}`, error);
          }
        },
      });
    };
    followers.add(open);
    open();
    return () => {
      over = true;
      followers.delete(open);
      handle?.cancel();
    };
  }

  /** @throws RpcError; code `Disconnected` when there is no host. */
  function call<N extends CallName>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
    const host = client.value;
    if (host === undefined)
      return Promise.reject(Object.assign(new Error('not connected'), { code: 'Disconnected' }));
    return host.call(name, input as never) as Promise<OutputOf<N>>;
  }

  return {
    status,
    client,
    generation,
    connected,
    everConnected,
    start,
    stop,
    retry: () => link?.retry(),
    follow,
    call,
  };
});
