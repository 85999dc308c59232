import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import nodePath from 'node:path';

const server = /^\s*server:\s*(\S+)\s*$/m;

/**
 * Gives the console its own `~/.kube/config` from the one the host wrote (`KUBECONFIG`, outside the console's folder). What the person
 * changed in it stays; only an API server address that has moved is put right. Answers the environment to use:
 * without `KUBECONFIG`, so that kubectl takes the default place.
 */
export function linkKubeconfig(root: string, env: Readonly<Record<string, string>>): Record<string, string> {
  const { KUBECONFIG: path, ...rest } = env;
  if (path === undefined || path === '' || !existsSync(path)) return { ...env };
  const written = readFileSync(path, 'utf8');
  const own = nodePath.join(root, 'home/learner/.kube/config');
  const origin = nodePath.join(root, '.kubeconfig-origin');
  const before = existsSync(origin) ? readFileSync(origin, 'utf8') : null;
  const current = existsSync(own) ? readFileSync(own, 'utf8') : null;
  mkdirSync(nodePath.dirname(own), { recursive: true });
  if (current === null || current === before || before === null) writeFileSync(own, written, { mode: 0o600 });
  else {
    const [from, to] = [server.exec(before)?.[1], server.exec(written)?.[1]];
    if (from !== undefined && to !== undefined && from !== to)
      writeFileSync(own, current.replaceAll(from, to), { mode: 0o600 });
  }
  if (before !== written) writeFileSync(origin, written, { mode: 0o600 });
  return rest;
}
