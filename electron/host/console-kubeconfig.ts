import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';

interface Named {
  readonly name: string;
}

interface Kubeconfig {
  readonly clusters?: readonly Named[];
  readonly users?: readonly Named[];
  readonly contexts?: readonly Named[];
}

/**
 * Puts the administrator's kubeconfig where the lab shell looks for it (`~/.kube/config` below its own root).
 * What the learner changed there (contexts, namespaces, other users) stays; our cluster and user are renewed.
 */
export function writeConsoleKubeconfig(consoleRoot: string, adminPath: string): void {
  const path = join(consoleRoot, 'home', 'learner', '.kube', 'config');
  const admin = readFileSync(adminPath, 'utf8');
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, existsSync(path) ? merge(readFileSync(path, 'utf8'), admin) : admin, { mode: 0o600 });
}

function merge(kept: string, admin: string): string {
  const theirs = readMapping(kept);
  const ours = parse(admin) as Kubeconfig;
  if (theirs === undefined) return admin;
  const renew = (before: readonly Named[] = [], after: readonly Named[] = []): readonly Named[] => [
    ...after,
    ...before.filter(({ name }) => !after.some((entry) => entry.name === name)),
  ];
  const add = (before: readonly Named[] = [], after: readonly Named[] = []): readonly Named[] => [
    ...before,
    ...after.filter(({ name }) => !before.some((entry) => entry.name === name)),
  ];
  return stringify({
    ...ours,
    ...theirs,
    clusters: renew(theirs.clusters, ours.clusters),
    users: renew(theirs.users, ours.users),
    contexts: add(theirs.contexts, ours.contexts),
  });
}

/** Undefined for what is no kubeconfig any more: then it is written anew. */
function readMapping(text: string): Kubeconfig | undefined {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Kubeconfig)
      : undefined;
  } catch {
    // Not YAML: a learner's experiment; a working file is worth more.
    return undefined;
  }
}
