import { describe, expect, it } from 'vitest';
import { CelCompileError, compileCel } from './expression.ts';
import { toCel } from './values.ts';

const object = {
  metadata: { name: 'a', labels: { app: 'web' } },
  spec: { replicas: 6, containers: [{ image: 'x:1' }] },
};
const run = (source: string, more: object = {}) => {
  const { cost: _, ...outcome } = compileCel(source, ['object', ...Object.keys(more)])({
    object: toCel(object),
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, toCel(value)])),
  });
  return outcome;
};
const problem = (source: string): string => {
  try {
    compileCel(source, ['object']);
    return '';
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error;
    return error.message;
  }
};

describe('CEL', () => {
  it('reads objects, loops over lists and maps, makes texts', () => {
    expect(run('object.spec.replicas <= 5')).toEqual({ value: false });
    expect(run('object.spec.containers.all(c, c.image.startsWith("x:"))')).toEqual({ value: true });
    expect(run('object.metadata.labels.exists(k, k == "app") && !has(object.spec.paused)')).toEqual({
      value: true,
    });
    expect(run('"has " + string(object.spec.replicas)')).toEqual({ value: 'has 6' });
    expect(run('object.spec.containers.map(c, c.image)')).toEqual({ value: ['x:1'] });
    expect(run('"a,b".split(",").size() == 2 && [3, 1].max() == 3 && [1, 2].sum() == 3')).toEqual({
      value: true,
    });
  });

  it('says what went wrong while it ran', () => {
    expect(run('object.spec.paused')).toEqual({ error: 'no such key: paused', overBudget: false });
    expect(run('1 / 0')).toEqual({ error: 'division by zero', overBudget: false });
  });

  it('refuses what is no expression, and names nobody declared', () => {
    expect(problem('object.spec.replicas +')).toMatch(
      /^compilation failed: ERROR: <input>:1:22: Syntax error: /,
    );
    expect(problem('request.name')).toBe(
      "compilation failed: ERROR: <input>:1:1: undeclared reference to 'request' (in container '')",
    );
    expect(problem('object.items.all(item, item > other)')).toContain("undeclared reference to 'other'");
  });

  it('stops bombs', () => {
    const loop = (depth: number): string =>
      depth === 0
        ? 'true'
        : `[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20].all(x${depth}, ${loop(depth - 1)})`;
    expect(run(loop(6))).toMatchObject({
      error: 'operation cancelled: actual cost limit exceeded',
      overBudget: true,
    });
    const big = 'x'.repeat(100_000);
    expect(run(`${Array.from({ length: 200 }, () => 'big').join(' + ')} == ""`, { big })).toMatchObject({
      overBudget: true,
    });
    expect(problem(`${'('.repeat(5_000)}1${')'.repeat(5_000)}`)).not.toBe('');
    expect(problem(`${'['.repeat(40)}1${']'.repeat(40)}`)).toBe('');
    expect(run('object.metadata.name.matches("(a+)+$")')).toEqual({ value: true });
  });
});
