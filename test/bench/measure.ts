import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workspace } from '../../electron/storage/interface.ts';
import { openWorkspace } from '../../electron/storage/open-workspace.ts';

/** What one program prints: one JSON line of name and number (the unit ends the name: Ms, MB, Count, Ratio). */
export function report(values: Readonly<Record<string, number>>): void {
  const rounded = Object.entries(values).map(([name, value]) => [name, Math.round(value * 1000) / 1000]);
  console.log(JSON.stringify(Object.fromEntries(rounded)));
}

/** Processor time of this process so far, in milliseconds: it grows less than wall time when the machine is busy. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Processor time of the thread that runs the simulation, without the engine's helpers: the wall time of an idle machine. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Resident memory in megabytes (10^6 bytes). */
export function residentMB(): number {
  return process.memoryUsage.rss() / 1e6;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Runs `work` with a folder that is removed afterwards. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'leme-bench-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function newWorkspace(folder: string): Workspace {
  const opened = openWorkspace(join(folder, 'workspace.leme'), { timestamp: 'bench' });
  if (opened.outcome !== 'opened') throw new Error(opened.message);
  return opened.workspace;
}
