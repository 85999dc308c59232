import { beforeEach, describe, expect, it } from 'vitest';
import { signingRequest } from '../../api/certificates/v1/certificate-signing-request/requests.testing.ts';
import type { CertificateSigningRequest } from '../../api/types.ts';
import { encodeBase64 } from '../../apimachinery/base64.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { ApprovingController } from './approving-controller.ts';

// Made with openssl for these tests: of system:node:worker-1 in system:nodes.
const NODE_PEM = `-----BEGIN CERTIFICATE REQUEST-----
MIHwMIGYAgEAMDYxFTATBgNVBAoMDHN5c3RlbTpub2RlczEdMBsGA1UEAwwUc3lz
dGVtOm5vZGU6d29ya2VyLTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT8nesI
cIOluYCCCmCVFh0kI9rqqCdknU6/0m8RKtyP49WPNpIs532QnbyKOhcKIpFZrCn2
MLNJ3Fc6OlPYM/+noAAwCgYIKoZIzj0EAwIDRwAwRAIgPQ3aWrbWKczHRf1D1qO0
PLrXBUWw3lBYZfN1g6dqFVYCIBLUhZ+r/d4q3PB7m+giyzO2BKs/jK6wggjcTg40
soD4
-----END CERTIFICATE REQUEST-----
`;

const CSRS = resourceTypes.certificateSigningRequests;
const NODE: Partial<CertificateSigningRequest['spec']> = {
  request: encodeBase64(NODE_PEM),
  signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
  usages: ['digital signature', 'client auth'],
  username: 'system:node:worker-1',
  groups: ['system:nodes', 'system:authenticated'],
};

let harness: ControllerHarness;
/** What RBAC lets whoever asks create: subresources of certificatesigningrequests. */
let allowed: readonly string[];
let reviews: unknown[];
let approved: CertificateSigningRequest[];

beforeEach(() => {
  harness = new ControllerHarness();
  allowed = [];
  reviews = [];
  approved = [];
  harness.api.onRequest('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', (body) => {
    const { spec } = body as { spec: { resourceAttributes: { subresource: string } } };
    reviews.push(spec);
    return { status: { allowed: allowed.includes(spec.resourceAttributes.subresource) } };
  });
});

async function judge(...requests: CertificateSigningRequest[]): Promise<void> {
  for (const request of requests) {
    harness.api.seed(CSRS, request);
    const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${request.metadata?.name}/approval`;
    harness.api.onRequest('PUT', path, (body) => {
      approved.push(body as CertificateSigningRequest);
      return body;
    });
  }
  await harness.start(new ApprovingController(harness.c));
  await harness.run(1_000);
}

describe('ApprovingController', () => {
  it('approves what a kubelet asks for itself', async () => {
    allowed = ['selfnodeclient'];
    await judge(signingRequest('node', NODE));
    expect(approved.map(({ status }) => status?.conditions)).toEqual([
      [
        {
          type: 'Approved',
          status: 'True',
          reason: 'AutoApproved',
          message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
        },
      ],
    ]);
    expect(reviews).toEqual([
      expect.objectContaining({
        user: 'system:node:worker-1',
        groups: ['system:nodes', 'system:authenticated'],
        resourceAttributes: {
          group: 'certificates.k8s.io',
          resource: 'certificatesigningrequests',
          verb: 'create',
          subresource: 'selfnodeclient',
          version: '*',
        },
      }),
    ]);
  });

  it('approves what somebody who may asks for a node that joins', async () => {
    allowed = ['nodeclient', 'selfnodeclient'];
    await judge(signingRequest('joining', { ...NODE, username: 'system:bootstrap:abcdef' }));
    expect(approved[0]?.status?.conditions?.[0]?.message).toBe(
      'Auto approving kubelet client certificate after SubjectAccessReview.',
    );
    expect(reviews).toHaveLength(1);
  });

  it('leaves to people what RBAC does not allow', async () => {
    await judge(signingRequest('node', NODE));
    expect(approved).toEqual([]);
    expect(reviews).toHaveLength(2);
  });

  it('asks nobody about other signers, other usages, other names and what is judged already', async () => {
    allowed = ['nodeclient', 'selfnodeclient'];
    await judge(
      signingRequest('client', { ...NODE, signerName: 'kubernetes.io/kube-apiserver-client' }),
      signingRequest('serving', { ...NODE, usages: ['digital signature', 'server auth'] }),
      signingRequest('jane', { ...NODE, request: signingRequest('x').spec.request }),
      signingRequest('broken', { ...NODE, request: 'AAAA' }),
      { ...signingRequest('denied', NODE), status: { conditions: [{ type: 'Denied', status: 'True' }] } },
      { ...signingRequest('issued', NODE), status: { certificate: 'AAAA' } },
    );
    expect([reviews, approved]).toEqual([[], []]);
  });
});
