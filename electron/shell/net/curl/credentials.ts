import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { CommandIo } from '../../interface.ts';
import type { ParsedOptions } from '../../tools/options.ts';
import { CurlError } from './curl-error.ts';

/** What TLS is told of whom to trust and who one is. */
export interface TlsCredentials {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const PEM_CERTIFICATE = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/;

/** Reads what `--cacert`, `--cert` and `--key` name. @throws CurlError 58, 77 */
export async function readCredentials(io: CommandIo, options: ParsedOptions): Promise<TlsCredentials> {
  const read = async (name: string): Promise<string | undefined> => {
    const bytes = await io.fs.readFile(io.path(name)).catch(() => undefined);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  };
  const cert = options.last('E');
  const caFile = options.last('C');
  const out: { ca?: string; cert?: string; key?: string } = {};
  if (caFile !== undefined) {
    const ca = await read(caFile);
    if (ca === undefined || !PEM_CERTIFICATE.test(ca))
      throw new CurlError(77, `error setting certificate file: ${caFile}`);
    out.ca = ca;
  }
  if (cert === undefined) return out;
  const text = await read(cert);
  const problem =
    text === undefined
      ? 'error:80000002:system library::No such file or directory'
      : PEM_CERTIFICATE.test(text)
        ? undefined
        : 'error:0480006C:PEM routines::no start line';
  if (text === undefined || problem !== undefined)
    throw new CurlError(
      58,
      `could not load PEM client certificate from ${cert}, OpenSSL error ${problem ?? ''}, (no key found, wrong pass phrase, or wrong file format?)`,
    );
  const keyFile = options.last('K') ?? cert;
  const key = keyFile === cert ? text : await read(keyFile);
  if (key === undefined || !belongs(text, key))
    throw new CurlError(58, `unable to set private key file: '${keyFile}' type PEM`);
  out.cert = text;
  out.key = key;
  return out;
}

/** Whether `key` is a private key, and the certificate's. */
function belongs(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    // Not a key, or not a certificate: neither belongs to the other.
    return false;
  }
}
