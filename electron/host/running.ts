import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = 'running.json';

const Running = z.object({ pid: z.number().int(), variables: z.record(z.string(), z.string()) });

/** Leaves word of a running host for `npm run shell`, readable by its owner only. */
export function announceRunning(dataDir: string, variables: Readonly<Record<string, string>>): void {
  writeFileSync(join(dataDir, FILE), JSON.stringify({ pid: process.pid, variables }), { mode: 0o600 });
}

export function withdrawRunning(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true });
}

/** Environment with which a lab shell reaches the host that runs on this folder; undefined when none does. */
export function findRunning(dataDir: string): Record<string, string> | undefined {
  let running;
  try {
    running = Running.parse(JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')));
    process.kill(running.pid, 0);
  } catch {
    // No file, a half-written one, or a host that was killed: all mean that nobody is there.
    return undefined;
  }
  return running.variables;
}
