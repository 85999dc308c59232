import { base64Length, decodeBase64 } from '../../../../apimachinery/base64.ts';
import { JsonSyntaxError, parseJson } from '../../../../apimachinery/json.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, required, tooLong } from '../../../../apimachinery/validation/field-error.ts';
import { isConfigMapKey } from '../../../../apimachinery/validation/names.ts';
import type { Secret } from '../../../types.ts';

const MAX_SIZE = 1024 * 1024;
const REDACTED = '<secret contents redacted>';

/** Models ValidateSecret (v1.34); metadata is checked elsewhere. */
export function validateSecret(secret: Secret): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const key in secret.data) {
    for (const message of isConfigMapKey(key)) errors.push(invalid(`data[${key}]`, key, message));
    size += base64Length(secret.data[key] ?? '');
  }
  if (size > MAX_SIZE) errors.push(tooLong('data', MAX_SIZE));
  errors.push(...validateByType(secret));
  return errors;
}

function validateByType(secret: Secret): FieldError[] {
  switch (secret.type) {
    case 'kubernetes.io/service-account-token': {
      const name = secret.metadata?.annotations?.['kubernetes.io/service-account.name'] ?? '';
      return name === '' ? [required('metadata.annotations[kubernetes.io/service-account.name]')] : [];
    }
    case 'kubernetes.io/dockercfg':
      return validateJsonKey(secret, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return validateJsonKey(secret, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth': {
      if (has(secret, 'username') || has(secret, 'password')) return [];
      return [required('data[username]'), required('data[password]')];
    }
    case 'kubernetes.io/ssh-auth':
      return (secret.data?.['ssh-privatekey'] ?? '') === '' ? [required('data[ssh-privatekey]')] : [];
    case 'kubernetes.io/tls':
      return ['tls.crt', 'tls.key'].filter((key) => !has(secret, key)).map((key) => required(`data[${key}]`));
    default:
      return [];
  }
}

function has(secret: Secret, key: string): boolean {
  return secret.data !== undefined && Object.hasOwn(secret.data, key);
}

function validateJsonKey(secret: Secret, key: string): FieldError[] {
  if (!has(secret, key)) return [required(`data[${key}]`)];
  try {
    parseJson(new TextDecoder().decode(decodeBase64(secret.data?.[key] ?? '')));
    return [];
  } catch (error) {
    if (error instanceof JsonSyntaxError) return [invalid(`data[${key}]`, REDACTED, error.message)];
    throw error;
  }
}
