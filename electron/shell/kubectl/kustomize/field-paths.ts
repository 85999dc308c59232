import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';

/**
 * Calls `visit` with the object that holds the last field of `path`, for each place the path leads to; `[]` after a field
 * stands for each item of a list. With `create` missing objects on the way are made.
 */
export function visitField(
  object: JsonObject,
  path: string,
  visit: (holder: JsonObject, field: string) => void,
  create = false,
): void {
  const steps = path.split('/');
  const walk = (here: Json | undefined, index: number): void => {
    if (!isObject(here)) return;
    const step = steps[index] ?? '';
    if (index === steps.length - 1) return visit(here, step);
    const list = step.endsWith('[]');
    const name = list ? step.slice(0, -2) : step;
    if (here[name] === undefined || here[name] === null) {
      if (!create || list) return;
      here[name] = {};
    }
    const next = here[name];
    if (list && Array.isArray(next)) for (const item of next) walk(item, index + 1);
    else walk(next, index + 1);
  };
  walk(object, 0);
}

/** The paths of Pod templates in an object of the kind, without a closing slash; a Pod is its own. */
export function podTemplates(kind: string): string[] {
  switch (kind) {
    case 'CronJob':
      return ['spec/jobTemplate/spec/template'];
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicationController':
    case 'Job':
      return ['spec/template'];
    default:
      return [];
  }
}
