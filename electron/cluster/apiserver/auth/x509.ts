import type { Clock } from '../../../base/clock.ts';
import type { PeerCertificate } from '../../network/interface.ts';
import type { AuthenticationResult, Authenticator, Credentials } from './interface.ts';
import type { UserInfo } from './user.ts';
import { authenticated, CREDENTIAL_ID } from './user.ts';

/**
 * Client certificates: common name is the user, organizations are the groups. The certificate has to be
 * signed by the cluster's client authority and valid in virtual time. Models
 * apiserver/pkg/authentication/request/x509 (v1.34).
 */
export class X509Authenticator implements Authenticator {
  readonly name = 'x509';
  readonly #clock: Clock;
  readonly #authority: string;
  readonly #users = new WeakMap<PeerCertificate, UserInfo>();

  constructor(clock: Clock, authority: string) {
    this.#clock = clock;
    this.#authority = authority;
  }

  authenticate({ certificate }: Credentials): AuthenticationResult {
    if (certificate === undefined) return { outcome: 'none' };
    if (certificate.issuer !== this.#authority) {
      return { outcome: 'refused', why: 'x509: certificate signed by unknown authority' };
    }
    const now = this.#clock.now();
    if (now > certificate.notAfter || now < certificate.notBefore) {
      const when = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
      const limit = new Date(now > certificate.notAfter ? certificate.notAfter : certificate.notBefore);
      const bound = limit.toISOString().replace(/\.\d+Z$/, 'Z');
      const relation = now > certificate.notAfter ? 'after' : 'before';
      return {
        outcome: 'refused',
        why: `x509: certificate has expired or is not yet valid: current time ${when} is ${relation} ${bound}`,
      };
    }
    if (certificate.commonName === '') return { outcome: 'none' };
    let user = this.#users.get(certificate);
    if (user === undefined) {
      const { commonName, organizations, fingerprint } = certificate;
      user = {
        ...authenticated(commonName, organizations),
        ...(fingerprint === undefined ? {} : { extra: { [CREDENTIAL_ID]: [`X509SHA256=${fingerprint}`] } }),
      };
      this.#users.set(certificate, user);
    }
    return { outcome: 'user', user };
  }
}
