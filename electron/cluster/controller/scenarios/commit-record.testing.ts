import type { KubeObject } from '../../api/types.ts';
import { objectKey } from '../../client/object-key.ts';
import { groupResource } from '../../client/resource-type.ts';
import type { FakeApiClient } from '../../client/testing/fake-api-client.testing.ts';

type Json = Readonly<Record<string, unknown>>;
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/** Times and counters that say nothing of what was meant. */
const SILENT =
  /Time|Timestamp|^(resourceVersion|generation|observedGeneration|uid|managedFields|lastHeartbeat)$/;

/**
 * Everything that is written into the API server, a line each: `+` made, `-` gone, `~` changed and what of it; events as
 * they read. Refused writes and those that change nothing are not there. Hashes are numbered, random ends are `*`.
 */
export class CommitRecord {
  readonly #hashes = new Map<string, number>();
  #lines: string[] = [];

  constructor(api: FakeApiClient) {
    const store = api.store.bind(api);
    api.store = (type, gvr, object) => {
      const resource = groupResource(gvr);
      const old = api.find<KubeObject>(gvr, objectKey(object));
      const line = resource === 'events' ? eventLine(type, object) : changeLine(resource, old, type, object);
      const renews = resource.startsWith('leases');
      if (line !== undefined && !renews) this.#lines.push(this.#named(line));
      return store(type, gvr, object);
    };
  }

  /** Those since the last call. */
  take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  #named(text: string): string {
    return text
      .replace(/(?<=-)(?=[a-z]*\d)[bcdfghjklmnpqrstvwxz2456789]{7,10}\b/g, (hash) => {
        const number = this.#hashes.get(hash) ?? this.#hashes.size + 1;
        this.#hashes.set(hash, number);
        return `#${number}`;
      })
      .replace(/(?<=-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '*');
  }
}

function eventLine(type: string, object: KubeObject): string {
  const event = object as { type?: string; reason?: string; message?: string; count?: number };
  const times = type === 'ADDED' ? '' : ` (x${event.count})`;
  return `${event.type} ${event.reason}${times}: ${event.message}`;
}

function changeLine(
  resource: string,
  old: KubeObject | undefined,
  type: string,
  object: KubeObject,
): string | undefined {
  const name = object.metadata?.name ?? '';
  if (old === undefined) return `+ ${resource} ${name}`;
  if (type === 'DELETED') return `- ${resource} ${name}`;
  const changes = [...changesIn(old as Json, object as Json, '', 2)];
  return changes.length === 0 ? undefined : `~ ${resource} ${name} ${changes.join(' ')}`;
}

/** `spec.replicas=2`, `status.conditions=Available:True:Reason`, or the path alone of what is larger. */
function* changesIn(old: Json, next: Json, path: string, depth: number): Generator<string> {
  for (const key of [...new Set([...Object.keys(old), ...Object.keys(next)])]) {
    if (SILENT.test(key)) continue;
    const [before, after] = [old[key], next[key]];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    const where = path === '' ? key : `${path}.${key}`;
    if (after === undefined) yield `${where}=`;
    else if (key === 'conditions') yield* conditionsIn((before ?? []) as Condition[], after as Condition[]);
    else if (Array.isArray(after)) yield `${where}=[${after.map(entry).join()}]`;
    else if (typeof after !== 'object') yield `${where}=${String(after)}`;
    else if (depth === 0 || after === null) yield where;
    else yield* changesIn((before ?? {}) as Json, after as Json, where, depth - 1);
  }
}

/** A taint, a reference or whatever has a name; `…` for the rest. */
function entry(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { key, effect, kind, name } = value as Readonly<Record<string, string | undefined>>;
  if (key !== undefined) return `${key}:${effect}`;
  return [kind, name].filter((part) => part !== undefined).join('/') || '…';
}

function* conditionsIn(before: readonly Condition[], after: readonly Condition[]): Generator<string> {
  for (const { type, status, reason } of after) {
    const old = before.find((condition) => condition.type === type);
    if (old?.status === status && old.reason === reason) continue;
    yield `${type}=${status}${reason === undefined ? '' : `/${reason}`}`;
  }
}
