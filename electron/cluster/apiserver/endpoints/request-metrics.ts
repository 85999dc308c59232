import type { RequestInfo } from './request-info.ts';

/** Counts what was served, in the names and text format of upstream's `/metrics`. */
export class RequestMetrics {
  readonly #requests = new Map<string, number>();
  readonly #objects: () => readonly { readonly resource: string; readonly count: number }[];
  readonly #watchers: () => readonly {
    readonly group: string;
    readonly kind: string;
    readonly count: number;
  }[];
  readonly #more: () => readonly string[];
  #inFlight = 0;

  constructor(
    objects: () => readonly { readonly resource: string; readonly count: number }[],
    watchers: () => readonly { readonly group: string; readonly kind: string; readonly count: number }[],
    more: () => readonly string[],
  ) {
    this.#objects = objects;
    this.#watchers = watchers;
    this.#more = more;
  }

  begin(): void {
    this.#inFlight += 1;
  }

  end(info: RequestInfo, code: number): void {
    this.#inFlight -= 1;
    const scope =
      info.name !== ''
        ? 'resource'
        : info.namespace !== ''
          ? 'namespace'
          : info.isResourceRequest
            ? 'cluster'
            : '';
    const verb = info.isResourceRequest ? info.verb.toUpperCase() : info.verb.toUpperCase();
    const labels = `code="${code}",group="${info.apiGroup}",resource="${info.resource}",scope="${scope}",subresource="${info.subresource}",verb="${verb}",version="${info.apiVersion}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
  }

  text(): string {
    const lines = [
      '# HELP apiserver_request_total Requests served, by verb, resource and response code.',
      '# TYPE apiserver_request_total counter',
      ...[...this.#requests]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`),
      '# HELP apiserver_current_inflight_requests Requests being served now.',
      '# TYPE apiserver_current_inflight_requests gauge',
      `apiserver_current_inflight_requests ${this.#inFlight}`,
      '# HELP apiserver_storage_objects Objects in the watch cache, by resource; only of caches in use.',
      '# TYPE apiserver_storage_objects gauge',
      ...this.#objects().map(
        ({ resource, count }) => `apiserver_storage_objects{resource="${resource}"} ${count}`,
      ),
      '# HELP apiserver_registered_watchers Watches being served now, by kind.',
      '# TYPE apiserver_registered_watchers gauge',
      ...this.#watchers().map(
        ({ group, kind, count }) => `apiserver_registered_watchers{group="${group}",kind="${kind}"} ${count}`,
      ),
      ...this.#more(),
    ];
    return `${lines.join('\n')}\n`;
  }
}
