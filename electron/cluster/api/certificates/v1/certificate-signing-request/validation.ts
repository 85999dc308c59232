import { firstPemBlock } from '../../../../../base/x509/pem.ts';
import { decodeBase64 } from '../../../../apimachinery/base64.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../../../apimachinery/validation/names.ts';
import type { CertificateSigningRequest } from '../../../types.ts';
import { isApproval } from './conditions.ts';
import { parseRequest } from './parse-request.ts';

const USAGES = [
  'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment',
  'decipher only', 'digital signature', 'email protection', 'encipher only', 'ipsec end system', 'ipsec tunnel',
  'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime',
  'server auth', 'signing', 'timestamping',
]; // prettier-ignore
const LEGACY_UNKNOWN = 'kubernetes.io/legacy-unknown';
const MIN_DURATION = 600;
const CONDITIONS = 'status.conditions';

/** Models ValidateCertificateSigningRequestCreate (v1.34). */
export function validateRequest({ spec, status }: CertificateSigningRequest): FieldError[] {
  const errors: FieldError[] = [];
  const parsed = parseRequest(spec.request ?? '');
  if (typeof parsed === 'string') errors.push(invalid('spec.request', spec.request ?? '', parsed));
  const usages = spec.usages ?? [];
  if (usages.length === 0) errors.push(required('spec.usages'));
  for (const [index, usage] of usages.entries())
    if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, USAGES));
  for (const [index, usage] of usages.entries())
    if (usages.indexOf(usage) < index) errors.push(duplicate(`spec.usages[${index}]`, usage));
  if (spec.signerName === LEGACY_UNKNOWN) {
    const detail = 'the legacy signerName is not allowed via this API version';
    errors.push(invalid('spec.signerName', spec.signerName, detail));
  } else errors.push(...validateSignerName(spec.signerName ?? ''));
  const { expirationSeconds } = spec;
  if (expirationSeconds !== undefined && expirationSeconds < MIN_DURATION) {
    const detail = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(invalid('spec.expirationSeconds', expirationSeconds, detail));
  }
  return [...errors, ...validateConditions(status?.conditions ?? [])];
}

/** Models apivalidation.ValidateSignerName (v1.34). */
function validateSignerName(name: string): FieldError[] {
  const field = 'spec.signerName';
  if (name === '') return [required(field)];
  const [domain = '', path = '', ...more] = name.split('/');
  if (more.length > 0 || !name.includes('/')) {
    const detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [invalid(field, name, detail)];
  }
  const errors = isDNS1123Subdomain(domain).map((why) =>
    invalid(field, domain, `validating label "${domain}": ${why}`),
  );
  if (domain.split('.').length < 2)
    errors.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'));
  for (const segment of path.split('.'))
    errors.push(
      ...isDNS1123Label(segment).map((why) => invalid(field, name, `validating label "${segment}": ${why}`)),
    );
  return errors;
}

type Conditions = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>;

function validateConditions(conditions: Conditions): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { type, status }] of conditions.entries()) {
    const path = `${CONDITIONS}[${index}]`;
    if (type === '') errors.push(required(`${path}.type`));
    const fixed = isApproval({ type }) || type === 'Failed';
    if ((status as string) === '') errors.push(required(`${path}.status`));
    else if (fixed && status !== 'True') errors.push(notSupported(`${path}.status`, status, ['True']));
    if (conditions.findIndex((each) => each.type === type) < index)
      errors.push(duplicate(`${path}.type`, type));
  }
  const has = (type: string): boolean => conditions.some((each) => each.type === type);
  if (has('Approved') && has('Denied')) {
    const detail = 'Approved and Denied conditions are mutually exclusive';
    errors.push(invalid(`${CONDITIONS}[${conditions.length - 1}].type`, conditions.at(-1)?.type, detail));
  }
  return errors;
}

/** Models ValidateCertificateSigningRequestUpdate, StatusUpdate and ApprovalUpdate (v1.34). */
export function validateRequestUpdate(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  door: '' | 'status' | 'approval',
): FieldError[] {
  const before = old.status?.conditions ?? [];
  const after = request.status?.conditions ?? [];
  const errors: FieldError[] = door === '' ? [] : validateConditions(after);
  for (const { type } of before) {
    if (!isApproval({ type }) && type !== 'Failed') continue;
    if (!after.some((each) => each.type === type)) {
      const detail = `updates may not remove a condition of type ${JSON.stringify(type)}`;
      errors.push(forbidden(CONDITIONS, detail));
    }
  }
  if (door !== 'approval') {
    for (const { type } of after) {
      if (!isApproval({ type }) || before.some((each) => each.type === type)) continue;
      const detail = `updates may not add a condition of type ${JSON.stringify(type)}`;
      errors.push(forbidden(CONDITIONS, detail));
    }
  }
  const certificate = request.status?.certificate ?? '';
  const issued = old.status?.certificate ?? '';
  if (issued !== '' && certificate !== issued)
    errors.push(
      forbidden('status.certificate', 'updates may not set certificate content to a different value'),
    );
  if (certificate !== '' && certificate !== issued) {
    const block = firstPemBlock(new TextDecoder().decode(decodeBase64(certificate)));
    if (block?.type !== 'CERTIFICATE')
      errors.push(
        invalid(
          'status.certificate',
          '<certificate data>',
          'must contain at least one CERTIFICATE PEM block',
        ),
      );
  }
  return errors;
}
