/** Numbers of the gRPC codes that requests of these tests are refused with. */
export const CODES: Record<string, number> = {
  Unknown: 2,
  InvalidArgument: 3,
  NotFound: 5,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  OutOfRange: 11,
  DataLoss: 15,
  Unauthenticated: 16,
};
const BYTES = new Set(['key', 'value', 'rangeEnd']);
/** Fields that rpc.proto itself writes in camel case. */
const CAMEL: Record<string, string> = { permType: 'permType', authRevision: 'authRevision' };
const snake = (name: string): string =>
  name === 'ttl' || name === 'id'
    ? name.toUpperCase()
    : (CAMEL[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
const base64 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('base64');

/** Our shapes as the JSON gateway writes them: snake case, base64, numbers as text, nothing that is default. */
export function toGateway(value: unknown, name = ''): unknown {
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((item) => toGateway(item, name) ?? '');
  if (typeof value === 'number') return value === 0 ? undefined : String(value);
  if (typeof value === 'string')
    return BYTES.has(name) || name === 'keys'
      ? base64(value) || undefined
      : value === '0'
        ? undefined
        : value;
  if (typeof value === 'boolean') return value || undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).map(([key, item]) => [snake(key), toGateway(item, key)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** Drops what differs between any two members: ids, terms, remaining times, the gateway's extra fields. */
export function normalize(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== 'object' || value === null) return value;
  const skip = new Set(['cluster_id', 'member_id', 'raft_term']);
  // The gateway leaves out an enum's zero.
  const zero = (key: string, item: unknown): boolean => key === 'permType' && item === 'READ';
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => !skip.has(key) && !zero(key, item))
      .map(([key, item]) => [key === 'grantedTTL' ? 'granted_ttl' : key, normalize(item)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
