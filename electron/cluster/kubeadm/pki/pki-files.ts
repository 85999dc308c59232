import { parse, stringify } from 'yaml';
import { parseCertificate } from '../../../base/x509/certificate.ts';
import type { CertificateFields } from '../../../base/x509/certificate.ts';
import { firstPemBlock } from '../../../base/x509/pem.ts';
import { keptFieldsOf } from '../../../base/x509/template.ts';
import { encodeBase64 } from '../../apimachinery/base64.ts';
import { parseKubeConfig } from '../../client/kubeconfig.ts';
import type { FileSystem } from '../../machine/interface.ts';
import type { PkiCertificate } from './certificate-list.ts';
import { authorityOn, issue } from './issue.ts';
import type { KeyPair } from './issue.ts';

/** Bytes of a certificate that kubeadm keeps; undefined where there is none. */
function certificateBytes(files: FileSystem, place: PkiCertificate['place']): Uint8Array | undefined {
  const path = 'files' in place ? `${place.files}.crt` : place.kubeconfig;
  if (!files.exists(path)) return undefined;
  const pem =
    'files' in place ? files.read(path) : parseKubeConfig(files.read(path), path).user.certificatePem;
  const block = pem === undefined ? undefined : firstPemBlock(pem);
  return block?.type === 'CERTIFICATE' ? block.bytes : undefined;
}

/** What one reads in it; undefined where there is none. @throws DerError, Error for a broken kubeconfig */
export function readCertificate(
  files: FileSystem,
  place: PkiCertificate['place'],
): CertificateFields | undefined {
  const bytes = certificateBytes(files, place);
  return bytes === undefined ? undefined : parseCertificate(bytes);
}

/**
 * Signs a certificate anew for the same name and purpose with a new key, for a year from `now`. False where there is none.
 * @throws Error when the authority's files are not there
 */
export function renewCertificate(
  files: FileSystem,
  { authority, place }: PkiCertificate,
  now: number,
  seed: string,
): boolean {
  const bytes = certificateBytes(files, place);
  if (bytes === undefined) return false;
  const pair = issue(authorityOn(files, authority), keptFieldsOf(bytes), now, seed);
  if ('files' in place) {
    files.write(`${place.files}.key`, pair.key);
    files.write(`${place.files}.crt`, pair.certificate);
  } else files.write(place.kubeconfig, withCredential(files.read(place.kubeconfig), pair));
  return true;
}

interface Config {
  readonly 'current-context': string;
  readonly contexts: readonly { readonly name: string; readonly context: { readonly user: string } }[];
  readonly users: { readonly name: string; user: Record<string, string> }[];
}

/** A kubeconfig whose current user shows another certificate. It has been read before: its shape is known. */
function withCredential(text: string, { certificate, key }: KeyPair): string {
  const config = parse(text) as Config;
  const context = config.contexts.find(({ name }) => name === config['current-context']);
  const entry = config.users.find(({ name }) => name === context?.context.user);
  const data = (pem: string): string => encodeBase64(new TextEncoder().encode(pem));
  if (entry !== undefined)
    entry.user = {
      ...entry.user,
      'client-certificate-data': data(certificate),
      'client-key-data': data(key),
    };
  return stringify(config, { lineWidth: 0 });
}
