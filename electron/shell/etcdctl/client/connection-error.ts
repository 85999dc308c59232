const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ETIMEDOUT: 'i/o timeout',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
};

/** What Go's gRPC says about a connection that did not come about, from what Node's said. */
export function connectionError(details: string, address: string): string {
  const code = Object.keys(words).find((each) => details.includes(each));
  if (/certificate|self.signed|issuer|Hostname\/IP does not match/i.test(details)) {
    return `connection error: desc = "transport: authentication handshake failed: ${handshake(details)}"`;
  }
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'ETIMEDOUT')
    return `connection error: desc = "transport: Error while dialing: dial tcp ${address}: connect: ${words[code]}"`;
  if (/alert/.test(details)) {
    const alert = /tls alert ([a-z ]+)|alert ([a-z ]+)/i.exec(details);
    const text = (alert?.[1] ?? alert?.[2] ?? 'bad certificate').trim();
    return `connection error: desc = "error reading server preface: remote error: tls: ${text}"`;
  }
  if (/wrong version number|packet length too long/i.test(details))
    return `connection error: desc = "transport: authentication handshake failed: tls: first record does not look like a TLS handshake"`;
  if (/not found|ENOTFOUND|Name resolution|EAI_AGAIN/i.test(details)) {
    const host = address.replace(/:\d+$/, '');
    return `connection error: desc = "transport: Error while dialing: dial tcp: lookup ${host}: no such host"`;
  }
  return `connection error: desc = "error reading server preface: ${code === undefined ? 'EOF' : `read tcp ${address}: read: ${words[code]}`}"`;
}

function handshake(details: string): string {
  if (/does not match/i.test(details)) {
    const names = /cert's altnames: (.*?)(?:"|$)/.exec(details)?.[1] ?? '';
    const host = /Host: (\S+?)\. is/.exec(details)?.[1] ?? /IP: (\S+) is/.exec(details)?.[1] ?? '';
    return `x509: certificate is valid for ${names.replace(/(?:DNS|IP Address):/g, '')}, not ${host}`;
  }
  if (/expired/i.test(details)) return 'x509: certificate has expired or is not yet valid';
  return 'x509: certificate signed by unknown authority';
}
