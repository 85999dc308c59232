import type { RequestInfo } from '../endpoints/request-info.ts';

const OBJECTS_PER_SEAT = 100;
const MAX_SEATS = 10;

/**
 * Seats of a request: one, and for a list one for every hundred objects that it looks at, up to ten.
 * `stored`: how many objects of a resource there are. Models util/flowcontrol/request/list_work_estimator.go (v1.34).
 */
export function seatsOf(info: RequestInfo, stored: (info: RequestInfo) => number): number {
  if (info.verb !== 'list') return 1;
  const { query } = info;
  const all = stored(info);
  const asked = Number(query.get('limit') ?? '0');
  const limit = asked > 0 ? Math.min(asked, all) : all;
  const fromCache = query.get('resourceVersion') === '0';
  const selects = (query.get('fieldSelector') ?? query.get('labelSelector') ?? '') !== '';
  const looked = fromCache ? all : selects ? all + limit : 2 * limit;
  return Math.min(Math.max(Math.ceil(looked / OBJECTS_PER_SEAT), 1), MAX_SEATS);
}
