import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readOwnYaml, writeOwnYaml } from './own-yaml.ts';

describe('YAML of our own', () => {
  it('reads what it wrote as a parser would, and what others wrote too', () => {
    const value = { b: 'yes', a: ['1', 2, null, 'x: y', 'long '.repeat(40)], none: undefined, empty: {} };
    const text = writeOwnYaml(value);
    expect(readOwnYaml(text)).toEqual(parse(text));
    expect(Object.keys(readOwnYaml(text) as object)).toEqual(['b', 'a', 'empty']);
    expect(readOwnYaml(`${text}c: 1\n`)).toEqual({ ...(parse(text) as object), c: 1 });
    expect(() => readOwnYaml('a: [')).toThrow('Flow sequence in block collection');
  });

  it('shares what was written, and forgets it after many others', () => {
    const text = writeOwnYaml({ kept: true });
    expect(readOwnYaml(text)).toBe(readOwnYaml(text));
    for (let index = 0; index < 64; index += 1) writeOwnYaml({ index });
    expect(readOwnYaml(text)).toEqual({ kept: true });
    expect(readOwnYaml(text)).not.toBe(readOwnYaml(text));
  });
});
