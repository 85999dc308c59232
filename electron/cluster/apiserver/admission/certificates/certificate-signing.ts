import type { CertificateSigningRequest } from '../../../api/types.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { newForbidden } from '../../../apimachinery/status.ts';
import type { AuthorizationChain } from '../../auth/authorization-chain.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../interface.ts';
import { maySign } from './signer-permission.ts';

/** Who puts a certificate into a request has to be allowed to sign. Models plugin/pkg/admission/certificates/signing (v1.34). */
export class CertificateSigning implements AdmissionPlugin {
  readonly name = 'CertificateSigning';
  readonly #authorization: AuthorizationChain;

  constructor(authorization: AuthorizationChain) {
    this.#authorization = authorization;
  }

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    return (
      resource.group === 'certificates.k8s.io' &&
      resource.resource === 'certificatesigningrequests' &&
      operation === 'UPDATE' &&
      subresource === 'status'
    );
  }

  async validate({ object, oldObject, resource, name, user }: AdmissionAttributes): Promise<void> {
    const next = object as CertificateSigningRequest;
    const old = oldObject as CertificateSigningRequest | undefined;
    const sameCertificate = next.status?.certificate === old?.status?.certificate;
    if (sameCertificate && deepEqual(next.status?.conditions, old?.status?.conditions)) return;
    const signerName = old?.spec.signerName ?? '';
    if (await maySign(this.#authorization, user, 'sign', signerName)) return;
    const why = `user not permitted to sign requests with signerName ${JSON.stringify(signerName)}`;
    throw newForbidden(resource, name, why);
  }
}
