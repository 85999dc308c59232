import type { Namespace } from '../../../api/types.ts';
import type { FieldError } from '../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../apimachinery/validation/field-error.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** How strict, by the rules of which Kubernetes 1.x; Infinity for `latest`. */
export interface LevelVersion {
  readonly level: Level;
  readonly minor: number;
}

/** What a namespace asks of its Pods. */
export interface PodSecurityPolicy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
  /** What is wrong with the labels. */
  readonly errors: readonly FieldError[];
}

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const VERSION = /^v1\.([0-9]|[1-9][0-9]*)$/;

/** e.g. `restricted:latest`, `baseline:v1.25` */
export function levelVersionText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === Infinity ? 'latest' : `v1.${minor}`}`;
}

export function sameLevelVersion(one: LevelVersion, other: LevelVersion): boolean {
  return one.level === other.level && one.minor === other.minor;
}

/** Positive when `one` is stricter. */
export function compareLevels(one: Level, other: Level): number {
  return LEVELS.indexOf(one) - LEVELS.indexOf(other);
}

const read = new WeakMap<Namespace, PodSecurityPolicy>();

/** The policy of a namespace's labels; privileged where they say nothing. Models api.PolicyToEvaluate (v1.34). */
export function policyOf(namespace: Namespace): PodSecurityPolicy {
  let policy = read.get(namespace);
  if (policy === undefined) {
    policy = readPolicy(namespace.metadata?.labels ?? {});
    read.set(namespace, policy);
  }
  return policy;
}

function readPolicy(labels: Readonly<Record<string, string>>): PodSecurityPolicy {
  const errors: FieldError[] = [];
  const complain = (label: string, value: string, why: string): void => {
    errors.push(invalid(`metadata.labels[${label}]`, value, why));
  };
  /** `fallback` counts where the level is none: enforcement fails closed, the others open. */
  const mode = (name: string, fallback: Level): LevelVersion => {
    const levelLabel = `${PREFIX}${name}`;
    const asked = labels[levelLabel];
    let level = LEVELS.find((known) => known === asked);
    if (asked !== undefined && level === undefined) {
      complain(levelLabel, asked, `must be one of ${LEVELS.join(', ')}`);
      level = fallback;
    }
    const versionLabel = `${levelLabel}-version`;
    const version = labels[versionLabel];
    const match = VERSION.exec(version ?? '');
    if (version !== undefined && version !== 'latest' && match === null)
      complain(versionLabel, version, 'must be "latest" or "v1.x"');
    return { level: level ?? 'privileged', minor: match === null ? Infinity : Number(match[1]) };
  };
  const enforce = mode('enforce', 'restricted');
  const audit = mode('audit', 'privileged');
  const warn = mode('warn', 'privileged');
  return { enforce, audit, warn, errors };
}
