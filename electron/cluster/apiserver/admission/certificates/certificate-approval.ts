import type { CertificateSigningRequest } from '../../../api/types.ts';
import { newForbidden } from '../../../apimachinery/status.ts';
import type { AuthorizationChain } from '../../auth/authorization-chain.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../interface.ts';
import { maySign } from './signer-permission.ts';

/** Who approves or denies has to be allowed to for the signer. Models plugin/pkg/admission/certificates/approval (v1.34). */
export class CertificateApproval implements AdmissionPlugin {
  readonly name = 'CertificateApproval';
  readonly #authorization: AuthorizationChain;

  constructor(authorization: AuthorizationChain) {
    this.#authorization = authorization;
  }

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    return (
      resource.group === 'certificates.k8s.io' &&
      resource.resource === 'certificatesigningrequests' &&
      operation === 'UPDATE' &&
      subresource === 'approval'
    );
  }

  async validate({ object, resource, name, user }: AdmissionAttributes): Promise<void> {
    const { signerName } = (object as CertificateSigningRequest).spec;
    if (await maySign(this.#authorization, user, 'approve', signerName)) return;
    const why = `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`;
    throw newForbidden(resource, name, why);
  }
}
