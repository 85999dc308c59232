import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Workspace } from '../storage/interface.ts';
import { openWorkspace } from '../storage/open-workspace.ts';
import { ClusterSession } from './cluster-session.ts';
import { setupIdentity } from './lab-setup.ts';
import { testPki } from '../cluster/kubeadm/testing/cluster-pki.testing.ts';

let folder: string;
let workspace: Workspace;
let session: ClusterSession;
/** Rows written by each commit that wrote something. */
let commits: number[];

/** Asks the API server; the answer's status and how many commits had been made when it was let out. */
function ask(method: string, target: string, body?: object): Promise<{ status: number; commits: number }> {
  return new Promise((resolve, reject) => {
    session.pacer.inject(() =>
      session.cluster.gateway.call(
        {
          method,
          target,
          headers: { 'content-type': 'application/json' },
          ...(body === undefined
            ? {}
            : { body: { type: 'bytes', bytes: new TextEncoder().encode(JSON.stringify(body)) } }),
        },
        setupIdentity,
        {
          onResponse: ({ status }) =>
            session.barrier.afterCommit(() => resolve({ status, commits: commits.length })),
          onItem: () => undefined,
          onEnd: (error) => {
            if (error !== undefined) reject(error);
          },
        },
      ),
    );
    void session.pacer.stepUntil(() => false, 20);
  });
}

const storedRecords = (): number => workspace.causalLog.bounds()?.lastId ?? 0;

function newSession(): ClusterSession {
  return new ClusterSession({
    workspace,
    spec: { topology: 'kubeadm-1-2', seed: 'test', startTime: Date.UTC(2026, 2, 2, 9), lab: null },
    speed: 1,
    setup: undefined,
    onFailure: (error) => {
      throw error;
    },
    onLogLine: () => undefined,
    beforeCommit: () => undefined,
    pki: testPki(),
  });
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  folder = mkdtempSync(join(tmpdir(), 'leme-session-'));
  const opened = openWorkspace(join(folder, 'workspace.leme'), { timestamp: 'test' });
  if (opened.outcome !== 'opened') throw new Error(opened.message);
  workspace = opened.workspace;
  session = newSession();
  await session.start();
  session.pacer.set({ paused: true });
  await session.pacer.stepUntil(() => false, 10);
  commits = [];
  workspace.onDidCommit(({ writes }) => commits.push(writes));
});
afterEach(async () => {
  vi.useRealTimers();
  await session.stop();
  workspace.dispose();
  rmSync(folder, { recursive: true });
});

describe('a session commits', () => {
  it('what was written before the answer leaves', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } };
    const answer = await ask('POST', '/api/v1/namespaces', namespace);
    expect(answer.status).toBe(201);
    expect(answer.commits).toBeGreaterThan(0);
  });

  it('nothing before the answer to a read leaves, and its records with the next write', async () => {
    const before = storedRecords();
    const answer = await ask('GET', '/api/v1/namespaces/default');
    expect(answer).toEqual({ status: 200, commits: 0 });
    expect(session.simulation.log.nextId - 1).toBeGreaterThan(before);
    expect(storedRecords()).toBe(before);
    workspace.settings.set('theme', 'dark');
    session.pacer.inject(() => undefined);
    await session.pacer.stepUntil(() => true, 1);
    expect(commits.length).toBeGreaterThan(0);
    expect(storedRecords()).toBe(session.simulation.log.nextId - 1);
  });

  it('records alone after a while, also while time stands still', async () => {
    await ask('GET', '/api/v1/namespaces/default');
    vi.advanceTimersByTime(199);
    await session.pacer.stepUntil(() => true, 1);
    expect(commits).toEqual([]);
    vi.advanceTimersByTime(1);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(commits).toHaveLength(1);
    expect(storedRecords()).toBe(session.simulation.log.nextId - 1);
  });

  it('a new cluster as a whole, or as soon as somebody waits', async () => {
    for (const isAwaited of [false, true]) {
      await session.stop();
      workspace.resetCluster();
      workspace.commit();
      commits = [];
      session = newSession();
      let released = -1;
      if (isAwaited) session.barrier.afterCommit(() => (released = commits.length));
      await session.start();
      expect(commits.length).toBe(isAwaited ? 2 : 1);
      expect(released).toBe(isAwaited ? 1 : -1);
      expect(storedRecords()).toBe(session.simulation.log.nextId - 1);
    }
  });

  it('everything when it stops', async () => {
    await ask('GET', '/api/v1/namespaces/default');
    await session.stop();
    expect(storedRecords()).toBe(session.simulation.log.nextId - 1);
    const clock = workspace.meta.get('clock') as { now: number; nextRecord: number };
    expect(clock).toMatchObject({ now: session.simulation.now, nextRecord: session.simulation.log.nextId });
  });

  it('a pause at once', async () => {
    session.pacer.set({ speed: 5 });
    await session.pacer.stepUntil(() => true, 1);
    expect(workspace.meta.get('clock')).toMatchObject({ paused: true, speed: 5 });
    expect(commits.length).toBeGreaterThan(0);
  });
});
