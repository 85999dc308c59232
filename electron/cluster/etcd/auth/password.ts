import bcrypt from 'bcryptjs';
import type { ByteString } from '../../../base/byte-string.ts';
import type { Rand } from '../../../base/rand.ts';
import { EtcdError } from '../client/interface.ts';

/** bcrypt looks at no more; Go's refuses a longer one. */
const MAX_PASSWORD_BYTES = 72;
const SALT_BYTES = 16;

/**
 * The bcrypt hash of a password, as Go's golang.org/x/crypto/bcrypt writes it, salt from `rand`. `cost` is its
 * logarithmic strength, 4 to 31. @throws EtcdError when the password is too long
 */
export function hashPassword(password: string, cost: number, rand: Rand): ByteString {
  if (new TextEncoder().encode(password).length > MAX_PASSWORD_BYTES) {
    throw new EtcdError('Unknown', 'bcrypt: password length exceeds 72 bytes');
  }
  const salt = Array.from({ length: SALT_BYTES }, () => rand.int(256));
  const prefix = `$2a$${String(cost).padStart(2, '0')}$`;
  return bcrypt.hashSync(password, prefix + bcrypt.encodeBase64(salt, SALT_BYTES));
}

/** Whether a password is the one of a hash. */
export function isPassword(password: string, hash: ByteString): boolean {
  return bcrypt.compareSync(password, hash);
}
