import { sha256 } from '@noble/hashes/sha2.js';
import { toBigInt } from '../../../base/der/read-der.ts';
import { fromBigInt } from '../../../base/der/write-der.ts';
import { SigningAuthority, selfSignedAuthority } from '../../../base/x509/authority.ts';
import type { CertificateTemplate } from '../../../base/x509/authority.ts';
import { ecKeyOf } from '../../../base/x509/names.ts';
import type { FileSystem } from '../../machine/interface.ts';
import { AUTHORITIES } from './certificate-list.ts';
import type { PkiAuthority } from './certificate-list.ts';

export const DAY = 24 * 3_600_000;
export const YEAR = 365 * DAY;
/** digitalSignature and keyEncipherment. */
const LEAF_USAGE = 0xa0;
/** digitalSignature, keyEncipherment and keyCertSign. */
const AUTHORITY_USAGE = 0xa4;

export const PURPOSE = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export type Wanted = Pick<CertificateTemplate, 'subject' | 'altNames' | 'extKeyUsages'>;

/** Secret numbers and serial numbers that follow from a text: the same text always gives the same. */
function numbersOf(seed: string): { readonly secret: Uint8Array; readonly serialNumber: bigint } {
  const encoder = new TextEncoder();
  const digest = (what: string): bigint => toBigInt(sha256(encoder.encode(`${what} ${seed}`)));
  // The curve's order begins with 32 ones: cut by a bit, every number but zero is below it.
  return {
    secret: fromBigInt((digest('key') >> 1n) | 1n, 32),
    serialNumber: (digest('serial') >> 193n) | 1n,
  };
}

/** One who signs, from its files on the machine. @throws Error for a file that is not there, DerError for one that is no PEM */
export function authorityOn(files: FileSystem, name: PkiAuthority['name']): SigningAuthority {
  const path = AUTHORITIES.find((authority) => authority.name === name)?.files ?? '';
  return new SigningAuthority(files.read(`${path}.crt`), files.read(`${path}.key`));
}

/** A year's certificate, as kubeadm makes them. `seed` decides its key. `now`: virtual milliseconds since the Unix epoch. */
export function issue(authority: SigningAuthority, wanted: Wanted, now: number, seed: string): KeyPair {
  const { secret, serialNumber } = numbersOf(seed);
  const key = ecKeyOf(secret);
  const certificate = authority.sign({
    ...wanted,
    serialNumber,
    publicKey: key.publicKey,
    keyUsage: LEAF_USAGE,
    notBefore: now,
    notAfter: Math.min(now + YEAR, authority.notAfter),
  });
  return { certificate, key: key.pem };
}

/** An authority of its own for ten years. */
export function issueAuthority(wanted: Omit<Wanted, 'extKeyUsages'>, now: number, seed: string): KeyPair {
  const { secret, serialNumber } = numbersOf(seed);
  const key = ecKeyOf(secret);
  const template = {
    ...wanted,
    serialNumber,
    publicKey: key.publicKey,
    keyUsage: AUTHORITY_USAGE,
    extKeyUsages: [],
    notBefore: now,
    notAfter: now + 10 * YEAR,
  };
  const certificate = selfSignedAuthority(template, secret, sha256(key.publicKey).subarray(0, 20));
  return { certificate, key: key.pem };
}
