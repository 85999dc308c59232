import { z } from 'zod';
import type { Entry } from '../contract/define.ts';

type Contract = Readonly<Record<string, Entry>>;

const hashes = new WeakMap<Contract, string>();

/** A short text that differs when two builds do not speak the same contract. */
export function contractHash(contract: Contract): string {
  let hash = hashes.get(contract);
  if (hash === undefined) {
    hash = hashOf(contract);
    hashes.set(contract, hash);
  }
  return hash;
}

function hashOf(contract: Contract): string {
  const schema = (type: z.ZodType): string =>
    JSON.stringify(z.toJSONSchema(type, { unrepresentable: 'any', io: 'input' }));
  const parts = Object.keys(contract)
    .sort()
    .map((name) => {
      const entry = contract[name] as Entry;
      const types =
        entry.type === 'call'
          ? [entry.input, entry.output]
          : entry.type === 'stream'
            ? [entry.input, entry.item]
            : [entry.input, entry.up, entry.down];
      return `${name} ${entry.type} ${types.map(schema).join(' ')}`;
    });
  // FNV-1a, 32 bits: tells builds apart, protects nothing.
  let hash = 0x811c9dc5;
  for (const char of parts.join('\n')) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
