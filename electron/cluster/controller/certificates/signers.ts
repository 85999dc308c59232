import type { CertificateRequest } from '../../../base/x509/certificate-request.ts';

export const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
export const KUBELET_CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet';
export const KUBELET_SERVING_SIGNER = 'kubernetes.io/kubelet-serving';

/** What a signer wants of a request; the first thing that is wrong, or undefined. */
export type RequestRule = (request: CertificateRequest, usages: readonly string[]) => string | undefined;

const NODE_PREFIX = 'system:node:';
const CLIENT_USAGES = ['digital signature', 'key encipherment', 'client auth'];
const SERVING_USAGES = ['digital signature', 'key encipherment', 'server auth'];

function foreign(usages: readonly string[], allowed: readonly string[], needed: string): boolean {
  return !usages.includes(needed) || usages.some((usage) => !allowed.includes(usage));
}

/** Of no more and no less than these, key encipherment being optional. */
function exactly(usages: readonly string[], allowed: readonly string[]): boolean {
  return allowed.every((usage) => usage === 'key encipherment' || usages.includes(usage)) &&
    usages.every((usage) => allowed.includes(usage)); // prettier-ignore
}

const isNodeSubject = ({ organizations }: CertificateRequest): boolean =>
  organizations.length === 1 && organizations[0] === 'system:nodes';

/** The signers of the cluster's authority, by name. Models pkg/apis/certificates/helpers.go and signer.go (v1.34). */
export const REQUEST_RULES: Readonly<Record<string, RequestRule>> = {
  [CLIENT_SIGNER]: (_, usages) =>
    foreign(usages, CLIENT_USAGES, 'client auth')
      ? `invalid usage for client certificate: [${usages.join(' ')}]`
      : undefined,
  [KUBELET_CLIENT_SIGNER]: (request, usages) => {
    if (!isNodeSubject(request)) return 'subject organization is not system:nodes';
    if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
    if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
    if (request.otherNames) return 'URI and email subjectAltNames are not allowed';
    if (!request.commonName.startsWith(NODE_PREFIX))
      return 'subject common name does not begin with system:node:';
    return exactly(usages, CLIENT_USAGES)
      ? undefined
      : 'usages did not match [client auth digital signature]';
  },
  [KUBELET_SERVING_SIGNER]: (request, usages) => {
    if (!isNodeSubject(request)) return 'subject organization is not system:nodes';
    if (request.dnsNames.length + request.ipAddresses.length === 0)
      return 'DNS or IP subjectAltName is required';
    if (request.otherNames) return 'URI and email subjectAltNames are not allowed';
    if (!exactly(usages, SERVING_USAGES)) return 'usages did not match [digital signature server auth]';
    return request.commonName.startsWith(NODE_PREFIX)
      ? undefined
      : 'subject common name does not begin with system:node:';
  },
};
