import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkImports } from './rules.ts';

const here = dirname(fileURLToPath(import.meta.url));

describe('who may import whom', () => {
  it('holds for every source file', () => {
    expect(checkImports(join(here, '..', '..'))).toEqual([]);
  });

  it('is violated by each fixture that breaks a rule', () => {
    const found = checkImports(join(here, 'fixtures')).map(({ file, rule }) => `${file}: ${rule}`);
    expect(found).toEqual([
      'app/imports-host.vue: app may not import electron/host/x.ts',
      'app/imports-host.vue: the app runs in a page: no Node',
      'electron/base/imports-node.ts: electron/base may not import node:*',
      'electron/base/imports-shared.ts: electron/base may not import electron/shared/x.ts',
      'electron/cluster/apiserver/server.ts: electron/cluster/apiserver may not import electron/cluster/etcd/store.ts',
      'electron/cluster/scheduler/imports-apiserver.ts: electron/cluster/scheduler may not import electron/cluster/apiserver/server.ts',
      'electron/cluster/scheduler/imports-etcd.ts: electron/cluster/scheduler may not import electron/cluster/etcd/store.ts',
      'electron/grading/imports-test-helper.ts: product code imports a test helper',
      'electron/host/imports-electron.ts: only electron/main may import electron',
      'electron/host/imports-sqlite.ts: only electron/storage may import better-sqlite3',
      'electron/main/imports-storage.ts: electron/main may not import electron/storage/imports-host.ts',
      'electron/nowhere/orphan.ts: no rule covers this folder',
      'electron/storage/imports-host.ts: electron/storage may not import electron/host/x.ts',
    ]);
  });
});
