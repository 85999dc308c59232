import { ANONYMOUS } from '../auth/interface.ts';
import { isEtcdError } from '../client/errors.ts';
import { EtcdError } from '../client/interface.ts';
import type { ServerCore } from './core.ts';
import type { Caller } from './interface.ts';
import { isAtLeast } from './version.ts';

/** Lets only root do maintenance, while auth is on. @throws EtcdError; before 3.6 in the auth store's own words, as upstream */
export function requireRoot({ auth, proposer, options }: ServerCore, caller: Caller): void {
  try {
    auth.checkAdmin(proposer.authInfo(caller) ?? ANONYMOUS);
  } catch (error) {
    if (!(error instanceof EtcdError) || isAtLeast(options.version, 3, 6)) throw error;
    const words = isEtcdError(error, 'userNotFound')
      ? 'auth: user not found'
      : error.message.replace('etcdserver: ', 'auth: ');
    throw new EtcdError('Unknown', words);
  }
}
