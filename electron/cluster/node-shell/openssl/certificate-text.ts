import { DerError } from '../../../base/der/der-value.ts';
import { children, readAll, readOid, readOne } from '../../../base/der/read-der.ts';
import type {
  CertificateDetails,
  CertificateExtension,
  NamePart,
} from '../../../base/x509/certificate-details.ts';
import { OID } from '../../../base/x509/oids.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const USAGES = [
  'Digital Signature',
  'Non Repudiation',
  'Key Encipherment',
  'Data Encipherment',
  'Key Agreement',
  'Certificate Sign',
  'CRL Sign',
  'Encipher Only',
];
const PURPOSES: Readonly<Record<string, string>> = {
  [OID.serverAuth]: 'TLS Web Server Authentication',
  [OID.clientAuth]: 'TLS Web Client Authentication',
};

/** An extension by its identifier: the word of `-ext`, its title, and what its value says. */
const EXTENSIONS: Readonly<
  Record<
    string,
    { readonly word: string; readonly title: string; readonly text: (value: Uint8Array) => string }
  >
> = {
  [OID.keyUsage]: {
    word: 'keyUsage',
    title: 'X509v3 Key Usage',
    text: (value) => {
      const [, first = 0] = readOne(value).content;
      return USAGES.filter((_usage, bit) => (first & (0x80 >> bit)) !== 0).join(', ');
    },
  },
  [OID.extKeyUsage]: {
    word: 'extendedKeyUsage',
    title: 'X509v3 Extended Key Usage',
    text: (value) =>
      children(readAll(value)[0])
        .map((purpose) => PURPOSES[readOid(purpose)] ?? readOid(purpose))
        .join(', '),
  },
  [OID.basicConstraints]: {
    word: 'basicConstraints',
    title: 'X509v3 Basic Constraints',
    text: (value) => `CA:${children(readOne(value))[0]?.content[0] === 0xff ? 'TRUE' : 'FALSE'}`,
  },
  [OID.subjectKeyIdentifier]: {
    word: 'subjectKeyIdentifier',
    title: 'X509v3 Subject Key Identifier',
    text: (value) => colons(readOne(value).content).toUpperCase(),
  },
  [OID.authorityKeyIdentifier]: {
    word: 'authorityKeyIdentifier',
    title: 'X509v3 Authority Key Identifier',
    text: (value) => colons(children(readOne(value))[0]?.content ?? new Uint8Array()).toUpperCase(),
  },
  [OID.subjectAltName]: {
    word: 'subjectAltName',
    title: 'X509v3 Subject Alternative Name',
    text: (value) => children(readOne(value)).map(generalName).join(', '),
  },
};

function generalName({ tag, content }: { readonly tag: number; readonly content: Uint8Array }): string {
  const text = new TextDecoder().decode(content);
  switch (tag) {
    case 0x81:
      return `email:${text}`;
    case 0x82:
      return `DNS:${text}`;
    case 0x86:
      return `URI:${text}`;
    case 0x87:
      return `IP Address:${content.length === 4 ? content.join('.') : groups(content)}`;
    default:
      return 'othername:<unsupported>';
  }
}

/** An address of version 6, as openssl writes it. */
function groups(bytes: Uint8Array): string {
  const parts = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0));
  return parts.map((part) => part.toString(16).toUpperCase()).join(':');
}

/** `c7:99:43` */
export function colons(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Lines of so many bytes each, indented. */
function lines(bytes: Uint8Array, perLine: number, indent: number): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) parts.push(colons(bytes.subarray(at, at + perLine)));
  return parts.map((part) => `${' '.repeat(indent)}${part}`).join(':\n');
}

/** `O = system:nodes, CN = system:node:worker-1` */
export function nameText(name: readonly NamePart[]): string {
  return name.map(({ type, value }) => `${type} = ${value}`).join(', ');
}

/** `Mar  2 09:00:00 2026 GMT` */
export function timeText(time: number): string {
  const date = new Date(time);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${MONTHS[date.getUTCMonth()] ?? ''} ${day} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()} GMT`;
}

/** In hexadecimal, whole bytes. */
export function serialHex(serial: bigint): string {
  const hex = serial.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

function serialText(serial: bigint): string {
  const hex = serialHex(serial);
  // What fits into a machine word is written as a number.
  if (hex.length <= 16) return ` ${serial} (0x${serial.toString(16)})\n`;
  return `\n            ${hex.match(/../g)?.join(':') ?? ''}\n`;
}

function extensionText({ id, critical, value }: CertificateExtension, indent: number): string {
  const known = EXTENSIONS[id];
  const blank = ' '.repeat(indent);
  // openssl leaves a blank where `critical` would be.
  const head = `${blank}${known?.title ?? id}: ${critical ? 'critical' : ''}\n`;
  return `${head}${blank}    ${known === undefined ? colons(value) : known.text(value)}\n`;
}

/** `-ext NAME[,NAME…]`. Undefined when the certificate has none of them. */
export function namedExtensions(
  { extensions }: CertificateDetails,
  words: readonly string[],
): string | undefined {
  const found = extensions.filter(({ id }) => words.includes(EXTENSIONS[id]?.word ?? ''));
  return found.length === 0 ? undefined : found.map((extension) => extensionText(extension, 0)).join('');
}

function algorithmText(id: string): string {
  if (id === OID.ecdsaWithSha256) return 'ecdsa-with-SHA256';
  return id === OID.sha256WithRsa ? 'sha256WithRSAEncryption' : id;
}

function keyText({ point }: CertificateDetails): string {
  if (point === undefined) throw new DerError('only keys of P-256 are modelled');
  return `            Public Key Algorithm: id-ecPublicKey
                Public-Key: (256 bit)
                pub:
${lines(point, 15, 20)}
                ASN1 OID: prime256v1
                NIST CURVE: P-256
`;
}

/** `openssl x509 -text`, as OpenSSL 3.0 writes it. @throws DerError for a key that is not modelled */
export function certificateText(certificate: CertificateDetails): string {
  const { version, serialNumber, algorithm, issuer, subject, notBefore, notAfter } = certificate;
  return `Certificate:
    Data:
        Version: ${version} (0x${(version - 1).toString(16)})
        Serial Number:${serialText(serialNumber)}        Signature Algorithm: ${algorithmText(algorithm)}
        Issuer: ${nameText(issuer)}
        Validity
            Not Before: ${timeText(notBefore)}
            Not After : ${timeText(notAfter)}
        Subject: ${nameText(subject)}
        Subject Public Key Info:
${keyText(certificate)}        X509v3 extensions:
${certificate.extensions.map((extension) => extensionText(extension, 12)).join('')}    Signature Algorithm: ${algorithmText(algorithm)}
    Signature Value:
${lines(certificate.signature, 18, 8)}
`;
}
