import type { InternalRequest } from '../server/interface.ts';
import { summarizeCall } from '../v3/summary.ts';

/** One line of what a request in the log asks for, e.g. `Txn put /registry/pods/default/web-1`. */
export function summarizeRequest(request: InternalRequest): string {
  if ('put' in request) return summarizeCall('Put', request.put);
  if ('deleteRange' in request) return summarizeCall('DeleteRange', request.deleteRange);
  if ('txn' in request) return summarizeCall('Txn', request.txn);
  if ('compaction' in request) return summarizeCall('Compact', request.compaction);
  const [name = ''] = Object.keys(request);
  const { id } = (request as Readonly<Record<string, { readonly id?: unknown }>>)[name] ?? {};
  const method = name.charAt(0).toUpperCase() + name.slice(1);
  return typeof id === 'string' ? `${method} ${BigInt(id).toString(16)}` : method;
}
