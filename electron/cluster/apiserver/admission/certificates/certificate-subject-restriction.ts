import { parseRequest } from '../../../api/certificates/v1/certificate-signing-request/parse-request.ts';
import type { CertificateSigningRequest } from '../../../api/types.ts';
import { newForbidden } from '../../../apimachinery/status.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../interface.ts';

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

/** Nobody becomes an administrator of everything by a request. Models plugin/pkg/admission/certificates/subjectrestriction (v1.34). */
export class CertificateSubjectRestriction implements AdmissionPlugin {
  readonly name = 'CertificateSubjectRestriction';

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    return (
      resource.group === 'certificates.k8s.io' &&
      resource.resource === 'certificatesigningrequests' &&
      operation === 'CREATE' &&
      subresource === ''
    );
  }

  validate({ object, resource, name }: AdmissionAttributes): void {
    const { spec } = object as CertificateSigningRequest;
    if (spec.signerName !== CLIENT_SIGNER) return;
    const request = parseRequest(spec.request);
    if (typeof request === 'string') throw newForbidden(resource, name, `failed to parse CSR: ${request}`);
    if (!request.organizations.includes('system:masters')) return;
    const why = `use of ${CLIENT_SIGNER} signer with system:masters group is not allowed`;
    throw newForbidden(resource, name, why);
  }
}
