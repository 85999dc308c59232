import type { CallMetadata } from '../../../cluster/etcd/client/connection.ts';

/** What etcd takes from a call's headers: `token` (the gateway: `authorization`) and `hasleader`. */
export function callMetadata(header: (name: string) => string | undefined): CallMetadata {
  const token = header('token') ?? header('authorization');
  const requireLeader = header('hasleader') === 'true';
  if (token === undefined && !requireLeader) return NOTHING;
  return { ...(token === undefined ? {} : { token }), ...(requireLeader ? { requireLeader } : {}) };
}

const NOTHING: CallMetadata = {};
