import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokenLab } from './lab-catalogue.ts';
import { LabCatalogue } from './lab-catalogue.ts';

const LABS = join(import.meta.dirname, '../../../labs');
let root: string;
let problems: BrokenLab[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'leme-labs-'));
  problems = [];
  cpSync(join(LABS, 'architecture/first-look'), join(root, 'a/first-look'), { recursive: true });
  cpSync(join(LABS, 'architecture/reconcile-loop'), join(root, 'a/elsewhere'), { recursive: true });
  mkdirSync(join(root, 'b/broken'), { recursive: true });
  writeFileSync(join(root, 'b/broken/lab.yaml'), 'apiVersion: [\n');
});

afterEach(() => rmSync(root, { recursive: true }));

const catalogue = (): LabCatalogue => new LabCatalogue(root, (problem) => problems.push(problem));

describe('LabCatalogue', () => {
  it('reads nothing before it is asked, and then only the lab asked for', () => {
    const labs = catalogue();
    expect(labs.get('first-look')?.spec.metadata.id).toBe('first-look');
    expect(problems).toEqual([]);
    expect(labs.readNext()).toBe(true);
    expect(labs.readNext()).toBe(true);
    expect(problems.map(({ folder, file, line }) => [folder, file, line])).toEqual([
      [join(root, 'b/broken'), 'lab.yaml', 2],
    ]);
    expect(labs.readNext()).toBe(false);
  });

  it('finds a lab whose folder has another name, and none that is not there', () => {
    const labs = catalogue();
    expect(labs.get('reconcile-loop')?.spec.metadata.id).toBe('reconcile-loop');
    expect(labs.get('no-such')).toBeUndefined();
    expect(labs.get('broken')).toBeUndefined();
  });

  it('lists all that can be used by folder, and tells of a broken one once', () => {
    const labs = catalogue();
    expect(labs.values().map((lab) => lab.spec.metadata.id)).toEqual(['reconcile-loop', 'first-look']);
    expect(labs.values()).toHaveLength(2);
    expect(problems).toHaveLength(1);
  });
});
