/** An endpoint as etcdctl takes it: `host:port`, `http://host:port`, `https://host:port`. */
export interface Endpoint {
  /** As typed; what answers name it. */
  readonly text: string;
  readonly host: string;
  readonly port: number;
  /** The scheme decides, if there is one. */
  readonly scheme: 'http' | 'https' | undefined;
}

/** Undefined for what names no host. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:([a-z]+):\/\/)?(\[[0-9a-fA-F:.]+\]|[^:/[\]]+)(?::(\d+))?\/?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, scheme, host = '', port] = match;
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') return undefined;
  return {
    text,
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (scheme === 'https' ? 443 : 80)),
    scheme,
  };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
