import type { Clock } from '../../../base/clock.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../../api/types.ts';
import type { UserInfo } from '../auth/user.ts';
import type { RequestInfo } from '../endpoints/request-info.ts';
import { BOOTSTRAP_FLOW_SCHEMAS, BOOTSTRAP_PRIORITY_LEVELS } from './bootstrap-objects.ts';
import type { Classification, FlowCounts } from './interface.ts';
import { matchesFlowSchema } from './matching.ts';
import { PriorityLevel } from './priority-level.ts';

/** Classifications are made anew once there are more than this. */
const MAX_CLASSIFIED = 8192;
const CATCH_ALL = 'catch-all';

/** There even when nobody has stored them: the level and the schema of this name. */
export function isMandatory(name: string): boolean {
  return name === 'exempt' || name === CATCH_ALL;
}

/** FlowSchemas and PriorityLevelConfigurations as they are stored. */
export interface FlowControlObjects {
  /** Changes whenever one of them does. */
  readonly generation: number;
  readonly schemas: readonly FlowSchema[];
  readonly levels: readonly PriorityLevelConfiguration[];
}

export interface FlowControlOptions {
  readonly clock: Clock;
  readonly objects: FlowControlObjects;
  /** Seats of all limited levels together: --max-requests-inflight and --max-mutating-requests-inflight. */
  readonly seats: number;
  /** Virtual milliseconds that a request waits at most. */
  readonly waitLimit: number;
}

interface Schema {
  readonly object: FlowSchema;
  readonly level: PriorityLevel;
  readonly counts: FlowCounts;
}

/**
 * Sorts requests by the stored FlowSchemas into priority levels, and divides the server's seats among these.
 * Models util/flowcontrol/apf_controller.go (v1.34) without lending seats.
 */
export class FlowControl {
  readonly #options: FlowControlOptions;
  readonly #classified = new Map<string, Classification>();
  readonly #users = new WeakMap<UserInfo, string>();
  readonly #levels = new Map<string, PriorityLevel>();
  /** By level and schema; they outlive the objects. */
  readonly #counts = new Map<string, FlowCounts>();
  #schemas: readonly Schema[] = [];
  #generation = -1;

  constructor(options: FlowControlOptions) {
    this.#options = options;
  }

  get levels(): readonly PriorityLevel[] {
    this.#refresh();
    return [...this.#levels.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get counts(): readonly FlowCounts[] {
    return [...this.#counts.values()].sort((a, b) =>
      `${a.level}\n${a.schema}` < `${b.level}\n${b.schema}` ? -1 : 1,
    );
  }

  /** What the request counts as: always something, at the least what `catch-all` catches. */
  classify(user: UserInfo, info: RequestInfo): Classification {
    this.#refresh();
    const what = info.isResourceRequest
      ? `${info.apiGroup}/${info.resource}/${info.subresource}\n${info.namespace}`
      : info.path;
    const key = `${this.#keyOf(user)}\n${info.verb}\n${what}`;
    const known = this.#classified.get(key);
    if (known !== undefined) return known;
    if (this.#classified.size >= MAX_CLASSIFIED) this.#classified.clear();
    const fresh = this.#match(user, info);
    this.#classified.set(key, fresh);
    return fresh;
  }

  /** Of a user that comes again, as those of one certificate do, it is made once. */
  #keyOf(user: UserInfo): string {
    let key = this.#users.get(user);
    if (key === undefined) {
      key = `${user.name}\n${user.groups.join()}`;
      this.#users.set(user, key);
    }
    return key;
  }

  #match(user: UserInfo, info: RequestInfo): Classification {
    const found =
      this.#schemas.find(({ object }) => matchesFlowSchema(object, user, info)) ??
      (this.#schemas.find(({ counts }) => counts.schema === CATCH_ALL) as Schema);
    const { object, level, counts } = found;
    const method = object.spec?.distinguisherMethod?.type;
    return {
      level,
      counts,
      distinguisher: method === 'ByUser' ? user.name : method === 'ByNamespace' ? info.namespace : '',
      // UIDs, as the names could tell a client how little it counts.
      headers: {
        'x-kubernetes-pf-flowschema-uid': object.metadata?.uid ?? '',
        'x-kubernetes-pf-prioritylevel-uid': level.uid,
      },
      verdict: `${counts.schema} (${level.name})`,
    };
  }

  /** Takes over what is stored, if that has changed. */
  #refresh(): void {
    const { objects } = this.#options;
    if (objects.generation === this.#generation) return;
    this.#generation = objects.generation;
    this.#classified.clear();
    this.#configureLevels(withMandatory(objects.levels, BOOTSTRAP_PRIORITY_LEVELS));
    const schemas = withMandatory(objects.schemas, BOOTSTRAP_FLOW_SCHEMAS).flatMap((object): Schema[] => {
      const name = object.metadata?.name ?? '';
      const level = this.#levels.get(object.spec?.priorityLevelConfiguration.name ?? '');
      return level === undefined ? [] : [{ object, level, counts: this.#countsOf(level.name, name) }];
    });
    this.#schemas = schemas.sort((a, b) => precedence(a.object) - precedence(b.object));
  }

  #configureLevels(configurations: readonly PriorityLevelConfiguration[]): void {
    const { seats, clock, waitLimit } = this.#options;
    const shares = (level: PriorityLevelConfiguration): number =>
      (level.spec?.type === 'Limited'
        ? level.spec.limited?.nominalConcurrencyShares
        : level.spec?.exempt?.nominalConcurrencyShares) ?? 0;
    const sum = configurations.reduce((all, level) => all + shares(level), 0);
    const wanted = new Set(configurations.map(({ metadata }) => metadata?.name ?? ''));
    // Requests that are under way in a level that goes still leave it.
    for (const name of [...this.#levels.keys()]) if (!wanted.has(name)) this.#levels.delete(name);
    for (const configuration of configurations) {
      const name = configuration.metadata?.name ?? '';
      const level = this.#levels.get(name) ?? new PriorityLevel(name, clock, waitLimit);
      this.#levels.set(name, level);
      const limited = configuration.spec?.type === 'Limited';
      level.configure(
        configuration,
        limited ? Math.ceil((seats * shares(configuration)) / Math.max(sum, 1)) : undefined,
      );
    }
  }

  #countsOf(level: string, schema: string): FlowCounts {
    const key = `${level}\n${schema}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const fresh: FlowCounts = { schema, level, dispatched: 0, executing: 0, waiting: 0, rejected: new Map() };
    this.#counts.set(key, fresh);
    return fresh;
  }
}

function precedence({ spec }: FlowSchema): number {
  return spec?.matchingPrecedence ?? 0;
}

/** What has to be there comes from the bootstrap objects where it is not stored. */
function withMandatory<T extends FlowSchema | PriorityLevelConfiguration>(
  stored: readonly T[],
  bootstrap: readonly T[],
): readonly T[] {
  const names = new Set(stored.map(({ metadata }) => metadata?.name ?? ''));
  const missing = bootstrap.filter(({ metadata }) => {
    const name = metadata?.name ?? '';
    return isMandatory(name) && !names.has(name);
  });
  return [...stored, ...missing].sort((a, b) =>
    (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1,
  );
}
