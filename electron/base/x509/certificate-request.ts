import { p256 } from '@noble/curves/nist.js';
import { contextTag, DerError, TAG } from '../der/der-value.ts';
import type { DerValue } from '../der/der-value.ts';
import { children, readAll, readBits, readInteger, readOid, readOne, toBigInt } from '../der/read-der.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { OID } from './oids.ts';

/** A request for a certificate (PKCS #10), as far as a signer reads it. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** DER of the subject and of the public key, taken over as they are. */
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  /** DER of the extension's value; undefined without alternative names. */
  readonly altNames: Uint8Array | undefined;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly otherNames: boolean;
  /** `unknown`: made by an algorithm that is not checked here. */
  readonly signature: 'good' | 'bad' | 'unknown';
}

const SUBJECT_ALT_NAME = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const;

/** Reads the DER of a request. @throws DerError */
export function parseCertificateRequest(bytes: Uint8Array): CertificateRequest {
  const [info, algorithm, signature] = children(readOne(bytes));
  const [version, subject, key, attributes] = children(info);
  if (info === undefined || subject === undefined || key === undefined || readInteger(version) !== 0n)
    throw new DerError('asn1: structure error: malformed certificate request');
  const names = children(subject).flatMap((set) => children(set, TAG.set).map((each) => children(each)));
  const values = (oid: string): string[] =>
    names.filter(([type]) => readOid(type) === oid).map(([, value]) => text(value));
  const altNames = altNamesOf(attributes);
  const general = altNames === undefined ? [] : children(readOne(altNames));
  const of = (tag: number): DerValue[] => general.filter((name) => name.tag === tag);
  return {
    commonName: values(OID.commonName).at(-1) ?? '',
    organizations: values(OID.organization),
    subject: subject.bytes,
    publicKey: key.bytes,
    altNames,
    dnsNames: of(SUBJECT_ALT_NAME.dns).map(text),
    ipAddresses: of(SUBJECT_ALT_NAME.ip).map(({ content }) => [...content].join('.')),
    otherNames: of(SUBJECT_ALT_NAME.email).length + of(SUBJECT_ALT_NAME.uri).length > 0,
    signature: verify(info, key, children(algorithm)[0], signature),
  };
}

function text(value: DerValue | undefined): string {
  return new TextDecoder().decode(value?.content);
}

function altNamesOf(attributes: DerValue | undefined): Uint8Array | undefined {
  if (attributes?.tag !== contextTag(0)) return undefined;
  for (const attribute of readAll(attributes.content)) {
    const [type, values] = children(attribute);
    if (readOid(type) !== OID.extensionRequest) continue;
    for (const extension of children(children(values, TAG.set)[0])) {
      const [id, ...rest] = children(extension);
      if (readOid(id) === OID.subjectAltName) return rest.at(-1)?.content;
    }
  }
  return undefined;
}

function verify(
  info: DerValue,
  key: DerValue,
  algorithm: DerValue | undefined,
  signature: DerValue | undefined,
): CertificateRequest['signature'] {
  const [keyAlgorithm, keyBits] = children(key);
  const [type, curve] = children(keyAlgorithm);
  const kind = readOid(type);
  const signedBy = readOid(algorithm);
  if (signedBy === OID.ecdsaWithSha256 && kind === OID.ecPublicKey && readOid(curve) === OID.prime256v1) {
    return isEcdsaSignature(readBits(keyBits), info.bytes, readBits(signature)) ? 'good' : 'bad';
  }
  if (signedBy === OID.sha256WithRsa && kind === OID.rsaEncryption) {
    const [modulus, exponent] = children(readOne(readBits(keyBits)));
    const n = readInteger(modulus);
    return isRsaSignature(n, readInteger(exponent), sha256(info.bytes), readBits(signature)) ? 'good' : 'bad';
  }
  return 'unknown';
}

/** A key that is no point of the curve signs nothing. */
function isEcdsaSignature(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (!p256.utils.isValidPublicKey(publicKey, false)) return false;
  return p256.verify(signature, bytes, publicKey, { format: 'der', lowS: false });
}

/** `DigestInfo` of SHA-256 as PKCS #1 v1.5 puts it before the digest. */
const SHA256_PREFIX = '3031300d060960864801650304020105000420';

function isRsaSignature(n: bigint, e: bigint, digest: Uint8Array, signature: Uint8Array): boolean {
  const length = Math.ceil(n.toString(16).length / 2);
  if (signature.length !== length || e > 0xffffffffn) return false;
  let result = 1n;
  let square = toBigInt(signature) % n;
  for (let rest = e; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % n;
    square = (square * square) % n;
  }
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const tail = `00${SHA256_PREFIX}${hex}`;
  const wanted = `01${'ff'.repeat(length - 2 - tail.length / 2)}${tail}`;
  return result.toString(16).padStart(wanted.length, '0') === wanted;
}
