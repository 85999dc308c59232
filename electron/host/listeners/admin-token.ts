import { randomBytes } from 'node:crypto';
import type { CertificateStore } from './interface.ts';

const FILE = 'admin.token';

/** The administrator's bearer token, made once for a workspace. */
export function adminToken(store: CertificateStore): string {
  const known = store.load(FILE);
  if (known !== undefined) return known;
  const token = randomBytes(32).toString('hex');
  store.save(FILE, token);
  return token;
}
