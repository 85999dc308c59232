import { contextTag } from '../der/der-value.ts';
import { children, readAll, readOid, readOne } from '../der/read-der.ts';
import type { CertificateTemplate } from './authority.ts';
import { OID } from './oids.ts';

/** What a certificate of the same kind, for the same name, is made of. */
export type KeptFields = Pick<CertificateTemplate, 'subject' | 'altNames' | 'keyUsage' | 'extKeyUsages'>;

/** Reads the DER of a certificate. @throws DerError */
export function keptFieldsOf(bytes: Uint8Array): KeptFields {
  const fields = children(children(readOne(bytes))[0]);
  // [0] version, serial number, algorithm, issuer, validity, subject, …
  const subject = fields[5]?.bytes ?? new Uint8Array();
  const values = new Map<string, Uint8Array>();
  const last = fields.at(-1);
  const extensions = last?.tag === contextTag(3) ? children(readOne(last.content)) : [];
  for (const extension of extensions) {
    const [id, ...rest] = children(extension);
    const value = rest.at(-1)?.content;
    if (value !== undefined) values.set(readOid(id), value);
  }
  const usage = values.get(OID.keyUsage);
  const purposes = values.get(OID.extKeyUsage);
  return {
    subject,
    altNames: values.get(OID.subjectAltName),
    // Unused bits, then the bits: the first byte holds all that is used here.
    keyUsage: usage === undefined ? 0 : (readOne(usage).content[1] ?? 0),
    extKeyUsages: purposes === undefined ? [] : children(readAll(purposes)[0]).map((each) => readOid(each)),
  };
}
