import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { ptBR } from './pt-br.ts';

function flat(texts: object, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(texts) as [string, string | object][]) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text);
  }
  return all;
}

const portuguese = flat(ptBR);
const english = flat(en);
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

/** Keys written out in the sources: `t('a.b')`, titles of commands, texts of steps. */
function usedKeys(): Set<string> {
  const root = join(import.meta.dirname, '..');
  const used = new Set<string>();
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (
      !/\.(ts|vue)$/.test(file) ||
      file.startsWith('i18n') ||
      file.startsWith('testing') ||
      file.endsWith('.test.ts')
    )
      continue;
    const source = readFileSync(join(root, file), 'utf8');
    const direct = [
      ...source.matchAll(/\bt\(\s*'([\w.-]+)'/g),
      ...source.matchAll(/'((?:commands|menu)\.\w+)'/g),
    ];
    const chosen = [...source.matchAll(/\bt\([^()'`]*\?\s*'([\w.-]+)'\s*:\s*'([\w.-]+)'/g)];
    for (const [, key] of direct) if (key !== undefined) used.add(key);
    for (const [, first, second] of chosen)
      for (const key of [first, second]) if (key !== undefined) used.add(key);
  }
  return used;
}

describe('catalogue', () => {
  it('has the same keys in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...portuguese.keys()].sort());
  });

  it('has the same placeholders and plural forms in both languages', () => {
    for (const [key, text] of portuguese) {
      const other = english.get(key) ?? '';
      expect(placeholders(other), key).toEqual(placeholders(text));
      expect(other.split(' | ').length, key).toBe(text.split(' | ').length);
    }
  });

  it('has no empty text', () => {
    for (const [key, text] of [...portuguese, ...english]) expect(text.trim(), key).not.toBe('');
  });

  it('has every key that the sources name, and the search finds what is missing', () => {
    const used = usedKeys();
    expect(used.size).toBeGreaterThan(150);
    expect([...used].filter((key) => !portuguese.has(key))).toEqual([]);
    expect(portuguese.has('lab.doesNotExist')).toBe(false);
  });

  it('does not leave English in the Portuguese texts where they ought to differ', () => {
    const same = [...portuguese].filter(([key, text]) => english.get(key) === text).map(([key]) => key);
    // Names, Kubernetes' own words, and figures.
    for (const key of same)
      expect(key).toMatch(
        /^(app\.name|common\.minutes|time\.speedValue|notices\.host\.failed|errors\.other|diagram\.(delay|controlPlane|zone|pods|ready|notReady|unknownReady|worker|pod|rate)|tables\.(pods|node|ip|namespace|status)|inspector\.(yaml|pid)|narrative\.|panes\.(diagram|console)|groups\.(console|cluster)|settings\.(portuguese|english|pixels|version)|help\.inTerminal|labs\.|console\.|tracks\.(etcd|nodes)|etcd\.(tab|key\.ttl|facts\.(quota|leases)|key\.lease|members\.row\.fsync)|menu\.(done|delayMs)|explorer\.(namespace|level|access\.subjectHint)|scheduler\.(tab|queue\.backoff|move)|controllers\.(tab|list|controller)|commands\.onMachine|topology\.(kubeadm|workers|controlPlanes|runtimes\.|tainted|problem\.other)|inspector\.http\.total)/,
      );
  });
});
