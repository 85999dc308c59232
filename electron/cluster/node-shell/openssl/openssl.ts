import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { DerError } from '../../../base/der/der-value.ts';
import type { CertificateDetails } from '../../../base/x509/certificate-details.ts';
import { parseCertificateDetails } from '../../../base/x509/certificate-details.ts';
import { firstPemBlock, pemBlocks, toPem } from '../../../base/x509/pem.ts';
import { isSignedBy } from '../../../base/x509/verify-signature.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { resolvePath } from '../paths.ts';
import {
  certificateText,
  colons,
  namedExtensions,
  nameText,
  serialHex,
  timeText,
} from './certificate-text.ts';

const VERSION = 'OpenSSL 3.0.13 30 Jan 2024 (Library: OpenSSL 3.0.13 30 Jan 2024)';

/** `openssl x509|verify|version`, as OpenSSL 3.0 does it; keys are of P-256. */
export const openssl: MachineCommand = (args, context) => {
  const [name, ...rest] = args;
  switch (name) {
    case 'x509':
      return x509(rest, context);
    case 'verify':
      return verify(rest, context);
    case 'version':
      context.out(`${VERSION}\n`);
      return 0;
    case undefined:
    case 's_client':
    case 'req':
    case 'genrsa':
    case 'genpkey':
    case 'ecparam':
    case 'rsa':
    case 'ec':
    case 'pkey':
    case 'dgst':
    case 'rand':
    case 'enc':
      throw new CommandError(
        `leme: "openssl ${name ?? ''}" is not modelled here; "x509", "verify" and "version" are\n`,
      );
    default:
      throw new CommandError(`Invalid command '${name}'; type "help" for a list.\n`);
  }
};

type Found = { readonly bytes: Uint8Array; readonly details: CertificateDetails };

/** @throws CommandError when there is no certificate */
function certificateOf(text: string, from: string): Found {
  const block = firstPemBlock(text);
  try {
    if (block?.type === 'CERTIFICATE')
      return { bytes: block.bytes, details: parseCertificateDetails(block.bytes) };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
  }
  throw new CommandError(`Could not read certificate from ${from}\nUnable to load certificate\n`);
}

function x509(args: readonly string[], context: CommandContext): number {
  const shown: string[] = [];
  let path: string | undefined;
  let extensions: readonly string[] = [];
  let seconds: number | undefined;
  let digest = { name: 'SHA1', of: (bytes: Uint8Array): Uint8Array => sha1(bytes) };
  for (let at = 0; at < args.length; at += 1) {
    const option = (args[at] ?? '').replace(/^--/, '-');
    const value = (): string => {
      const text = args[++at];
      if (text === undefined)
        throw new CommandError(`x509: Option ${option} needs a value\nx509: Use -help for summary.\n`);
      return text;
    };
    if (option === '-in') path = value();
    else if (option === '-ext') {
      extensions = value().split(',');
      shown.push('ext');
    } else if (option === '-checkend') seconds = Number(value());
    else if (option === '-sha256') digest = { name: 'sha256', of: (bytes) => sha256(bytes) };
    else if (option === '-inform') {
      const format = value();
      if (format.toUpperCase() !== 'PEM')
        throw new CommandError(`leme: "openssl x509 -inform ${format}" is not modelled here; PEM is\n`);
    } else if (SHOWS.has(option.slice(1))) shown.push(option.slice(1));
    else throw new CommandError(`x509: Unrecognized flag ${option.slice(1)}\nx509: Use -help for summary.\n`);
  }
  const found = certificateOf(textOf(path, context), path ?? '<stdin>');
  for (const what of shown) show(what, found, extensions, digest, context);
  if (seconds !== undefined) {
    const ends = found.details.notAfter < context.process.clock.now() + seconds * 1000;
    context.out(`Certificate will ${ends ? '' : 'not '}expire\n`);
    if (ends) return 1;
  }
  if (!shown.includes('noout')) context.out(toPem('CERTIFICATE', found.bytes));
  return 0;
}

const SHOWS: ReadonlySet<string> = new Set([
  'noout', 'text', 'subject', 'issuer', 'dates', 'startdate', 'enddate', 'serial', 'fingerprint', 'pubkey',
]); // prettier-ignore

function show(
  what: string,
  { bytes, details }: Found,
  extensions: readonly string[],
  digest: { readonly name: string; readonly of: (bytes: Uint8Array) => Uint8Array },
  { out, err }: CommandContext,
): void {
  const start = `notBefore=${timeText(details.notBefore)}\n`;
  const end = `notAfter=${timeText(details.notAfter)}\n`;
  switch (what) {
    case 'text':
      return out(certificateText(details));
    case 'subject':
      return out(`subject=${nameText(details.subject)}\n`);
    case 'issuer':
      return out(`issuer=${nameText(details.issuer)}\n`);
    case 'dates':
      return out(start + end);
    case 'startdate':
      return out(start);
    case 'enddate':
      return out(end);
    case 'serial':
      return out(`serial=${serialHex(details.serialNumber).toUpperCase()}\n`);
    case 'fingerprint':
      return out(`${digest.name} Fingerprint=${colons(digest.of(bytes)).toUpperCase()}\n`);
    case 'pubkey':
      return out(toPem('PUBLIC KEY', details.publicKey));
    case 'ext': {
      const text = namedExtensions(details, extensions);
      return text === undefined ? err('No extensions in certificate\n') : out(text);
    }
    default:
  }
}

/** Of `-in`, or standard input. @throws CommandError */
function textOf(path: string | undefined, { machine, cwd, stdin }: CommandContext): string {
  if (path === undefined) return stdin;
  const full = resolvePath(cwd, path);
  if (machine.files.exists(full) && !machine.files.isFolder(full)) return machine.files.read(full);
  throw new CommandError(
    `Could not open file or uri for loading certificate from ${path}\nerror:80000002:system library:file_open:No such file or directory:calling stat(${path})\nUnable to load certificate\n`,
  );
}

/** `openssl verify -CAfile F CERT…`: one authority over each certificate; chains of more are not modelled. */
function verify(args: readonly string[], context: CommandContext): number {
  const paths: string[] = [];
  let authorities: readonly CertificateDetails[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const option = args[at] ?? '';
    if (!option.startsWith('-')) paths.push(option);
    else if (option === '-CAfile') authorities = authoritiesIn(args[++at] ?? '', context);
    else
      throw new CommandError(
        `verify: Unrecognized flag ${option.replace(/^-+/, '')}\nverify: Use -help for summary.\n`,
      );
  }
  let code = 0;
  for (const path of paths) {
    const { details } = certificateOf(textOf(path, context), path);
    const problem = problemOf(details, authorities, context.process.clock.now());
    if (problem === undefined) {
      context.out(`${path}: OK\n`);
      continue;
    }
    context.err(`${nameText(details.subject)}\nerror ${problem}\nerror ${path}: verification failed\n`);
    code = 2;
  }
  return code;
}

/** @throws CommandError */
function authoritiesIn(path: string, { machine, cwd }: CommandContext): readonly CertificateDetails[] {
  const full = resolvePath(cwd, path);
  if (!machine.files.exists(full)) throw new CommandError(`Error loading file ${path}\n`);
  return pemBlocks(machine.files.read(full)).map(({ bytes }) => parseCertificateDetails(bytes));
}

/** Why a certificate is not to be trusted, as OpenSSL counts and says it. */
function problemOf(
  certificate: CertificateDetails,
  authorities: readonly CertificateDetails[],
  now: number,
): string | undefined {
  const authority = authorities.find((candidate) => isSignedBy(certificate, candidate));
  if (authority === undefined)
    return isSignedBy(certificate, certificate)
      ? '18 at 0 depth lookup: self-signed certificate'
      : '20 at 0 depth lookup: unable to get local issuer certificate';
  if (now < certificate.notBefore) return '9 at 0 depth lookup: certificate is not yet valid';
  if (now > certificate.notAfter) return '10 at 0 depth lookup: certificate has expired';
  return now > authority.notAfter ? '10 at 1 depth lookup: certificate has expired' : undefined;
}
