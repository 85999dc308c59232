import type { Member } from '../../client/cluster.ts';
import { addressOf } from '../peers/peer-url.ts';
import { memberIdOf } from './member-ids.ts';

/**
 * The members that `--initial-cluster` names (`m1=https://10.0.0.10:2380,m2=…`; a name may come more than once),
 * or upstream's complaint as text.
 */
export function parseInitialCluster(text: string, token: string): readonly Member[] | string {
  const urls = new Map<string, string[]>();
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(at, 0)).trim();
    const url = part.slice(at + 1).trim();
    if (name === '') return `Empty URL given for "${part}".`;
    if (addressOf(url) === undefined) return `URL scheme must be http, https, unix, or unixs: ${url}`;
    urls.set(name, [...(urls.get(name) ?? []), url]);
  }
  const members = [...urls].map(([name, list]): Member => {
    const peerUrls = [...list].sort();
    return { id: memberIdOf(peerUrls, token), name, peerUrls, clientUrls: [], isLearner: false };
  });
  const ids = new Set(members.map(({ id }) => id));
  if (ids.size < members.length) return 'member exists with identical ID';
  return members;
}
