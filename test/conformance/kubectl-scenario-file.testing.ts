import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A recorded scenario as far as it is needed to run its commands (`kube/README.md` of the recordings has the format). */
export interface Scenario {
  readonly id: string;
  readonly steps: readonly Step[];
  readonly cleanup?: readonly (readonly string[])[];
  readonly noNamespace?: boolean;
  /** Nothing else may run meanwhile. */
  readonly exclusive?: boolean;
}

export interface Wait {
  readonly argv?: readonly string[];
  readonly http?: Http;
  readonly jsonpath?: string;
  readonly regex?: string;
  readonly notRegex?: string;
  readonly exit?: number;
  readonly stderr?: boolean;
  readonly timeout?: number;
}

export interface Http {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: unknown;
  readonly readFor?: number;
  readonly noAuth?: boolean;
}

export interface Step {
  readonly files?: Readonly<Record<string, unknown>>;
  readonly sleep?: number;
  readonly waitFor?: Wait | readonly Wait[];
  readonly argv?: readonly string[];
  readonly stdin?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly http?: Http;
  readonly background?: string;
  readonly collect?: string;
  readonly until?: string;
  readonly timeout?: number;
  readonly capture?: Readonly<Record<string, string>>;
}

/** Every scenario of a folder and those below it. */
export function readScenarios(folder: string): Scenario[] {
  const found: Scenario[] = [];
  for (const entry of readdirSync(folder).sort()) {
    const path = join(folder, entry);
    if (statSync(path).isDirectory()) found.push(...readScenarios(path));
    else if (entry.endsWith('.json')) {
      const value = JSON.parse(readFileSync(path, 'utf8')) as Scenario | Scenario[];
      found.push(...(Array.isArray(value) ? value : [value]));
    }
  }
  return found;
}

/** A pattern of Python's `re`, as scenarios have them. */
export function python(pattern: string): RegExp {
  const plain = pattern
    .replace(/\(\?[si]+\)/g, '')
    .replaceAll('\\A', '(?<![\\s\\S])')
    .replaceAll('\\Z', '(?![\\s\\S])');
  return new RegExp(plain, /\(\?s\)/.test(pattern) ? 'ms' : 'm');
}
