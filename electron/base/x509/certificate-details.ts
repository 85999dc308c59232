import { contextTag, DerError, TAG } from '../der/der-value.ts';
import type { DerValue } from '../der/der-value.ts';
import { children, readAll, readBits, readInteger, readOid, readOne, readTime } from '../der/read-der.ts';
import { OID } from './oids.ts';

/** One part of a distinguished name, by its short name where it has one, e.g. `CN`. */
export interface NamePart {
  readonly type: string;
  readonly value: string;
}

export interface CertificateExtension {
  readonly id: string;
  readonly critical: boolean;
  /** DER of its value. */
  readonly value: Uint8Array;
}

/** All that stands in a certificate. Times in milliseconds since the epoch. */
export interface CertificateDetails {
  readonly version: number;
  readonly serialNumber: bigint;
  readonly issuer: readonly NamePart[];
  readonly subject: readonly NamePart[];
  /** DER, as they are compared. */
  readonly issuerBytes: Uint8Array;
  readonly subjectBytes: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER of SubjectPublicKeyInfo, and the point of a key of P-256. */
  readonly publicKey: Uint8Array;
  readonly point: Uint8Array | undefined;
  readonly extensions: readonly CertificateExtension[];
  /** What is signed, by which algorithm (an object identifier), and the signature. */
  readonly signed: Uint8Array;
  readonly algorithm: string;
  readonly signature: Uint8Array;
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  [OID.commonName]: 'CN',
  [OID.organization]: 'O',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.11': 'OU',
};

function nameOf(value: DerValue | undefined): NamePart[] {
  return children(value).flatMap((set) =>
    children(set, TAG.set).map((part) => {
      const [type, text] = children(part);
      const id = readOid(type);
      return { type: SHORT_NAMES[id] ?? id, value: new TextDecoder().decode(text?.content) };
    }),
  );
}

function pointOf(key: DerValue): Uint8Array | undefined {
  const [algorithm, bits] = children(key);
  const [type, curve] = children(algorithm);
  if (readOid(type) !== OID.ecPublicKey || readOid(curve) !== OID.prime256v1) return undefined;
  return readBits(bits);
}

function extensionsOf(value: DerValue | undefined): CertificateExtension[] {
  if (value?.tag !== contextTag(3)) return [];
  return children(readOne(value.content)).map((extension) => {
    const [id, ...rest] = children(extension);
    return {
      id: readOid(id),
      critical: rest[0]?.tag === TAG.boolean && rest[0].content[0] === 0xff,
      value: rest.at(-1)?.content ?? new Uint8Array(),
    };
  });
}

/** Reads the DER of a certificate. @throws DerError */
export function parseCertificateDetails(bytes: Uint8Array): CertificateDetails {
  const [info, algorithm, signature] = children(readOne(bytes));
  const fields = children(info);
  const versioned = fields[0]?.tag === contextTag(0);
  const [serial, , issuer, validity, subject, key, ...rest] = versioned ? fields.slice(1) : fields;
  if (info === undefined || issuer === undefined || subject === undefined || key === undefined)
    throw new DerError('malformed certificate');
  const [notBefore, notAfter] = children(validity);
  return {
    version: versioned ? Number(readInteger(readAll(fields[0]?.content ?? new Uint8Array())[0])) + 1 : 1,
    serialNumber: readInteger(serial),
    issuer: nameOf(issuer),
    subject: nameOf(subject),
    issuerBytes: issuer.bytes,
    subjectBytes: subject.bytes,
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    publicKey: key.bytes,
    point: pointOf(key),
    extensions: extensionsOf(rest.at(-1)),
    signed: info.bytes,
    algorithm: readOid(children(algorithm)[0]),
    signature: readBits(signature),
  };
}
