import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** What a folder may import: folders of ours by prefix, and packages by name (`node:*` for Node itself). */
export interface FolderRule {
  readonly folder: string;
  readonly ours: readonly string[];
  readonly packages: readonly string[] | 'any';
}

const CLUSTER_COMMON = [
  'electron/base',
  'electron/cluster/network/interface.ts',
  'electron/cluster/network/http.ts',
  'electron/cluster/machine/interface.ts',
];
const TYPES = ['electron/cluster/api/types.ts'];
const COMPONENT = [
  ...CLUSTER_COMMON,
  'electron/cluster/apimachinery',
  'electron/cluster/api',
  'electron/cluster/client',
];

/** The longest matching folder decides. A source file that no rule covers is an error. */
export const RULES: readonly FolderRule[] = [
  { folder: 'electron/shared', ours: [], packages: ['zod'] },
  { folder: 'electron/base', ours: [], packages: ['@noble/curves', '@noble/hashes'] },
  {
    folder: 'electron/cluster/apimachinery',
    ours: ['electron/base', ...TYPES],
    packages: ['@kubernetes/client-node', 'yaml', '@bufbuild/cel', '@bufbuild/re2'],
  },
  {
    folder: 'electron/cluster/api',
    ours: ['electron/base', 'electron/cluster/apimachinery'],
    packages: ['@kubernetes/client-node', 'yaml', 'protobufjs', '@noble/hashes'],
  },
  { folder: 'electron/cluster/network', ours: ['electron/base'], packages: [] },
  { folder: 'electron/cluster/machine', ours: ['electron/base', 'electron/cluster/network'], packages: [] },
  {
    folder: 'electron/cluster/gateway',
    ours: [
      ...COMPONENT,
      'electron/cluster/network',
      'electron/cluster/machine',
      'electron/cluster/etcd/client',
      'electron/cluster/etcd/v3/client',
    ],
    packages: [],
  },
  { folder: 'electron/cluster/raft', ours: ['electron/base'], packages: [] },
  {
    folder: 'electron/cluster/etcd',
    ours: [...CLUSTER_COMMON, 'electron/cluster/raft'],
    packages: ['sorted-btree', 'bcryptjs', '@noble/hashes'],
  },
  {
    folder: 'electron/cluster/apiserver',
    ours: [
      ...COMPONENT,
      'electron/cluster/network',
      'electron/cluster/etcd/client',
      'electron/cluster/etcd/v3/client',
    ],
    packages: ['yaml', '@noble/hashes'],
  },
  { folder: 'electron/cluster/client', ours: [...COMPONENT, 'electron/cluster/network'], packages: ['yaml'] },
  { folder: 'electron/cluster/controller', ours: COMPONENT, packages: ['yaml'] },
  { folder: 'electron/cluster/scheduler', ours: COMPONENT, packages: ['yaml'] },
  {
    folder: 'electron/cluster/cni',
    ours: [
      ...CLUSTER_COMMON,
      'electron/cluster/apimachinery/json.ts',
      'electron/cluster/machine',
      'electron/cluster/network',
    ],
    packages: ['@noble/hashes'],
  },
  {
    folder: 'electron/cluster/cri',
    ours: [...COMPONENT, 'electron/cluster/images', 'electron/cluster/machine', 'electron/cluster/network'],
    packages: [],
  },
  {
    folder: 'electron/cluster/powershell',
    ours: ['electron/base', 'electron/cluster/machine/interface.ts'],
    packages: [],
  },
  {
    folder: 'electron/cluster/images',
    // What images are is data that labs may add to.
    ours: [...COMPONENT, 'electron/cluster/network', 'electron/cluster/powershell', 'electron/shared/images'],
    packages: [],
  },
  {
    folder: 'electron/cluster/kubelet',
    ours: [
      ...COMPONENT,
      'electron/cluster/cri',
      // Calls of storage drivers.
      'electron/cluster/csi/csi-client.ts',
      'electron/cluster/csi/interface.ts',
      // Calls between it and device plugins, in both directions.
      'electron/cluster/device-plugins/device-plugin-client.ts',
      'electron/cluster/device-plugins/device-plugin-server.ts',
      'electron/cluster/device-plugins/interface.ts',
      'electron/cluster/images/reference.ts',
      // Its own server on 10250.
      'electron/cluster/network',
    ],
    packages: ['yaml'],
  },
  {
    folder: 'electron/cluster/node-shell',
    ours: [
      ...COMPONENT,
      'electron/cluster/cri',
      'electron/cluster/machine',
      'electron/cluster/kubeadm',
      'electron/cluster/topology/interface.ts',
      // The kubelet's health, which kubeadm asks for; what is streamed from a container, as crictl does.
      'electron/cluster/network',
      'electron/cluster/powershell',
    ],
    packages: ['yaml', '@noble/hashes'],
  },
  {
    folder: 'electron/cluster/cloud',
    ours: ['electron/base', 'electron/cluster/machine'],
    packages: [],
  },
  {
    folder: 'electron/cluster/device-plugins',
    ours: [...COMPONENT, 'electron/cluster/images/container/interface.ts', 'electron/cluster/network'],
    packages: [],
  },
  {
    folder: 'electron/cluster/csi',
    ours: [
      ...COMPONENT,
      'electron/cluster/cloud/oci/interface.ts',
      'electron/cluster/images/container/interface.ts',
      'electron/cluster/network',
    ],
    packages: [],
  },
  { folder: 'electron/cluster/topology', ours: [...CLUSTER_COMMON, ...TYPES], packages: [] },
  // The composition root of the simulation and its parts.
  {
    folder: 'electron/cluster',
    ours: ['electron/base', 'electron/cluster', 'electron/shared/images'],
    packages: ['yaml', '@noble/hashes'],
  },
  {
    folder: 'electron/grading',
    ours: [
      'electron/base',
      'electron/shared',
      'electron/cluster/client',
      'electron/cluster/api',
      'electron/cluster/apimachinery',
    ],
    packages: ['zod', 'yaml'],
  },
  {
    folder: 'electron/labs',
    ours: [
      'electron/base',
      'electron/shared',
      'electron/cluster/client',
      'electron/cluster/api',
      'electron/cluster/apimachinery',
      'electron/grading',
    ],
    packages: 'any',
  },
  {
    folder: 'electron/shell',
    ours: ['electron/base', 'electron/cluster/client', 'electron/shared', 'electron/shell'],
    packages: 'any',
  },
  {
    folder: 'electron/storage',
    ours: ['electron/base', 'electron/shared'],
    packages: ['node:*', 'better-sqlite3'],
  },
  {
    folder: 'electron/pty',
    ours: ['electron/base', 'electron/shared'],
    packages: ['node:*', '@lydell/node-pty'],
  },
  {
    folder: 'electron/host',
    ours: [
      'electron/base',
      'electron/shared',
      'electron/cluster',
      'electron/grading',
      'electron/labs',
      'electron/storage',
      'electron/pty',
      'electron/shell',
    ],
    packages: ['node:*', 'zod', 'ws', 'yaml'],
  },
  {
    folder: 'electron/main',
    ours: ['electron/host/listeners', 'electron/shared'],
    packages: ['node:*', 'electron'],
  },
  { folder: 'electron/preload', ours: [], packages: ['electron'] },
  { folder: 'app', ours: ['electron/shared'], packages: 'any' },
];

/** Packages that nobody but their owner may touch, wherever a rule says `any`. */
const OWNED_PACKAGES: Readonly<Record<string, string>> = {
  electron: 'electron/main',
  'better-sqlite3': 'electron/storage',
  '@lydell/node-pty': 'electron/pty',
};

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

export interface Violation {
  readonly file: string;
  readonly imports: string;
  readonly rule: string;
}

/** Checks the files below `root`; tests and test helpers are free. */
export function checkImports(root: string, rules: readonly FolderRule[] = RULES): Violation[] {
  const violations: Violation[] = [];
  const files = globSync('{electron,app}/**/*.{ts,vue}', { cwd: root }).map((file) =>
    file.replaceAll('\\', '/'),
  );
  for (const file of files.sort()) {
    if (/\.(test|testing|d)\.ts$/.test(file) || file.includes('/testing/') || /vite\.config\.ts$/.test(file))
      continue;
    const rule = rules
      .filter((candidate) => file.startsWith(`${candidate.folder}/`))
      .sort((a, b) => b.folder.length - a.folder.length)[0];
    if (rule === undefined) {
      violations.push({ file, imports: '', rule: 'no rule covers this folder' });
      continue;
    }
    const text = readFileSync(join(root, file), 'utf8');
    for (const match of text.matchAll(IMPORT)) {
      const target = (match[1] ?? match[2]) as string;
      const why = refuse(root, file, target, rule);
      if (why !== undefined) violations.push({ file, imports: target, rule: why });
    }
  }
  return violations;
}

function refuse(root: string, file: string, target: string, rule: FolderRule): string | undefined {
  if (target.startsWith('.')) {
    const resolved = normalize(
      relative(root, join(root, dirname(file), target.replace(/\?.*$/, ''))),
    ).replaceAll('\\', '/');
    if (!existsSync(join(root, resolved))) return 'no such file (write the extension)';
    if (/\.(test|testing)\.ts$/.test(resolved)) return 'product code imports a test helper';
    const allowed = [rule.folder, ...rule.ours];
    const fits = allowed.some((prefix) => resolved === prefix || resolved.startsWith(`${prefix}/`));
    return fits ? undefined : `${rule.folder} may not import ${resolved}`;
  }
  const name = target.startsWith('node:') ? 'node:*' : packageName(target);
  const owner = OWNED_PACKAGES[name];
  if (
    owner !== undefined &&
    !file.startsWith(`${owner}/`) &&
    !(name === 'electron' && file.startsWith('electron/preload/'))
  ) {
    return `only ${owner} may import ${name}`;
  }
  if (rule.packages === 'any') {
    return name === 'node:*' && rule.folder === 'app' ? 'the app runs in a page: no Node' : undefined;
  }
  return rule.packages.includes(name) ? undefined : `${rule.folder} may not import ${name}`;
}

function packageName(target: string): string {
  const parts = target.split('/');
  return target.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string);
}
