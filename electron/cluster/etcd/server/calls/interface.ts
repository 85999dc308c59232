import type { EtcdMethod, EtcdMethods } from '../../client/methods.ts';
import type { Caller, Reply } from '../interface.ts';

/** Answers one method. May reply before it returns. @throws EtcdError, in place of a reply */
export type Call<M extends EtcdMethod> = (
  request: EtcdMethods[M]['request'],
  caller: Caller,
  reply: Reply<EtcdMethods[M]['response']>,
) => void;

export type Calls = { readonly [M in EtcdMethod]: Call<M> };
