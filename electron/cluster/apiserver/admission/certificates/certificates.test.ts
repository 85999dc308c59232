import { beforeEach, describe, expect, it } from 'vitest';
import {
  BOSS_PEM,
  signingRequest,
  TEST_CA_PEM,
} from '../../../api/certificates/v1/certificate-signing-request/requests.testing.ts';
import { STRATEGIES } from '../../../api/registry.ts';
import { encodeBase64 } from '../../../apimachinery/base64.ts';
import type { HttpHeaders } from '../../../network/http.ts';
import type { PeerCertificate } from '../../../network/interface.ts';
import { ADMIN, certificate, TestCluster, valueOf } from '../../testing/test-cluster.testing.ts';

const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ROB = certificate('rob');
const APPROVED = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'ok' };

let cluster: TestCluster;

async function answer(
  method: string,
  target: string,
  body?: unknown,
  as: PeerCertificate = ADMIN,
): Promise<[number, unknown]> {
  const headers: HttpHeaders = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {};
  const response = await cluster.call(method, target, body, headers, as);
  return [response.status, valueOf(response).message];
}

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('a certificate signing request', () => {
  it('keeps who made it, and is shown as it stands', async () => {
    const forged = signingRequest('jane', { username: 'somebody', expirationSeconds: 3600 });
    const made = valueOf(await cluster.call('POST', CSRS, forged));
    expect(made['spec']).toMatchObject({
      username: 'kubernetes-admin',
      groups: ['system:masters', 'system:authenticated'],
    });
    const accept = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const row = async (): Promise<unknown> =>
      (
        valueOf(await cluster.call('GET', CSRS, undefined, accept))['rows'] as { cells: unknown[] }[]
      )[0]?.cells.slice(2);
    const signer = 'kubernetes.io/kube-apiserver-client';
    expect(await row()).toEqual([signer, 'kubernetes-admin', '60m', 'Pending']);
    await answer('PATCH', `${CSRS}/jane/approval`, { status: { conditions: [APPROVED] } });
    expect(await row()).toEqual([signer, 'kubernetes-admin', '60m', 'Approved']);
    const content = encodeBase64(TEST_CA_PEM);
    await answer('PATCH', `${CSRS}/jane/status`, { status: { certificate: content } });
    expect(await row()).toEqual([signer, 'kubernetes-admin', '60m', 'Approved,Issued']);
    expect(
      (
        await answer('PATCH', `${CSRS}/jane/status`, {
          status: { certificate: encodeBase64(`${TEST_CA_PEM}\n`) },
        })
      )[1],
    ).toContain(
      'status.certificate: Forbidden: updates may not set certificate content to a different value',
    );
  });

  it('is refused with what is wrong with it', async () => {
    const prefix = 'CertificateSigningRequest.certificates.k8s.io "x" is invalid: ';
    const refuse = async (spec: object): Promise<unknown> =>
      (await answer('POST', CSRS, signingRequest('x', spec)))[1];
    expect(await refuse({ request: 'aGVsbG8=' })).toBe(
      `${prefix}spec.request: Invalid value: "aGVsbG8=": PEM block type must be CERTIFICATE REQUEST`,
    );
    expect(await refuse({ usages: [] })).toBe(`${prefix}spec.usages: Required value`);
    expect(await refuse({ signerName: 'mine' })).toBe(
      `${prefix}spec.signerName: Invalid value: "mine": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
    );
    expect(await refuse({ expirationSeconds: 60 })).toBe(
      `${prefix}spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)`,
    );
    expect(await refuse({ request: encodeBase64(BOSS_PEM) })).toBe(
      'certificatesigningrequests.certificates.k8s.io "x" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    );
  });

  it('is approved once, by its own door and by who may', async () => {
    await cluster.call('POST', CSRS, signingRequest('jane'));
    const rules = [
      {
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'],
        verbs: ['patch'],
      },
    ];
    await cluster.call('POST', `${RBAC}/clusterroles`, { metadata: { name: 'doors' }, rules });
    const subjects = [{ kind: 'User', name: 'rob', apiGroup: 'rbac.authorization.k8s.io' }];
    const bind = (role: string) =>
      cluster.call('POST', `${RBAC}/clusterrolebindings`, {
        metadata: { name: role.replaceAll(':', '-') },
        subjects,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      });
    await bind('doors');
    await cluster.run(100);
    const approval = { status: { conditions: [APPROVED] } };
    const refused =
      'certificatesigningrequests.certificates.k8s.io "jane" is forbidden: user not permitted to ';
    expect(await answer('PATCH', `${CSRS}/jane/approval`, approval, ROB)).toEqual([
      403,
      `${refused}approve requests with signerName "kubernetes.io/kube-apiserver-client"`,
    ]);
    expect(
      await answer(
        'PATCH',
        `${CSRS}/jane/status`,
        { status: { certificate: encodeBase64(TEST_CA_PEM) } },
        ROB,
      ),
    ).toEqual([403, `${refused}sign requests with signerName "kubernetes.io/kube-apiserver-client"`]);
    expect((await answer('PATCH', `${CSRS}/jane/status`, approval))[1]).toContain(
      'status.conditions: Forbidden: updates may not add a condition of type "Approved"',
    );
    await bind('system:certificates.k8s.io:kube-apiserver-client-approver');
    await cluster.run(100);
    expect((await answer('PATCH', `${CSRS}/jane/approval`, approval, ROB))[0]).toBe(200);
    expect(
      (await answer('PATCH', `${CSRS}/jane/approval`, { status: { conditions: [] } }, ROB))[1],
    ).toContain('status.conditions: Forbidden: updates may not remove a condition of type "Approved"');
  });
});
