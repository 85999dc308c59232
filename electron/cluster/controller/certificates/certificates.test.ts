import { createHash, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseCertificate } from '../../../base/x509/certificate.ts';
import { SigningAuthority } from '../../../base/x509/authority.ts';
import { firstPemBlock } from '../../../base/x509/pem.ts';
import {
  signingRequest,
  TEST_CA_KEY,
  TEST_CA_PEM,
} from '../../api/certificates/v1/certificate-signing-request/requests.testing.ts';
import type { CertificateSigningRequest } from '../../api/types.ts';
import { decodeBase64 } from '../../apimachinery/base64.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { CleanerController } from './cleaner-controller.ts';
import { SigningController } from './signing-controller.ts';

const CSRS = resourceTypes.certificateSigningRequests;
const HOUR = 3_600_000;
const APPROVED = { type: 'Approved', status: 'True' };

let harness: ControllerHarness;
let written: CertificateSigningRequest[];

beforeEach(() => {
  harness = new ControllerHarness();
  written = [];
});

const approved = (
  name: string,
  spec: Partial<CertificateSigningRequest['spec']> = {},
): CertificateSigningRequest => ({
  ...signingRequest(name, spec),
  status: { conditions: [APPROVED] },
});

async function sign(...requests: CertificateSigningRequest[]): Promise<void> {
  for (const request of requests) {
    harness.api.seed(CSRS, request);
    const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${request.metadata?.name}/status`;
    harness.api.onRequest('PUT', path, (body) => written.push(body as CertificateSigningRequest));
  }
  const authority = new SigningAuthority(TEST_CA_PEM, TEST_CA_KEY);
  await harness.start(new SigningController(harness.c, { current: () => authority }, 24 * HOUR));
  await harness.run(1000);
}

describe('the signing controller', () => {
  it('signs what is approved, for as long as was asked and no longer than it may', async () => {
    const now = Math.trunc(harness.c.context.clock.now() / 1000) * 1000;
    await sign(approved('jane', { expirationSeconds: 3600 }), signingRequest('waiting'));
    expect(written.map(({ metadata }) => metadata?.name)).toEqual(['jane']);
    const pem = new TextDecoder().decode(decodeBase64(written[0]?.status?.certificate ?? ''));
    expect(parseCertificate(firstPemBlock(pem)?.bytes ?? new Uint8Array())).toEqual({
      commonName: 'jane',
      organizations: ['developers'],
      issuer: 'kubernetes',
      notBefore: now - 300_000,
      notAfter: now + HOUR,
      fingerprint: new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase(),
      publicKeyHash: createHash('sha256')
        .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
        .digest('hex'),
    });
  });

  it('fails what its signer does not sign, and leaves other signers alone', async () => {
    await sign(
      approved('odd', { usages: ['server auth'] }),
      approved('kubelet', {
        signerName: 'kubernetes.io/kubelet-serving',
        usages: ['digital signature', 'server auth'],
      }),
      approved('foreign', { signerName: 'example.com/mine' }),
    );
    const failures = written.map(({ metadata, status }) => [
      metadata?.name,
      status?.conditions?.at(-1)?.message,
    ]);
    expect(failures.sort()).toEqual([
      ['kubelet', 'subject organization is not system:nodes'],
      ['odd', 'invalid usage for client certificate: [server auth]'],
    ]);
  });
});

describe('the cleaner', () => {
  it('deletes what was left pending for a day and what was denied an hour ago', async () => {
    const at = (ago: number): string => formatTime(harness.c.context.clock.now() - ago);
    const seed = (name: string, ago: number, type?: string): void => {
      const conditions = type === undefined ? [] : [{ type, status: 'True', lastUpdateTime: at(ago) }];
      const request = signingRequest(name);
      harness.api.seed(CSRS, {
        ...request,
        metadata: { name, creationTimestamp: at(ago) },
        status: { conditions },
      } as CertificateSigningRequest);
    };
    seed('pending', HOUR);
    seed('forgotten', 25 * HOUR);
    seed('denied', 2 * HOUR, 'Denied');
    seed('fresh', 1000, 'Denied');
    await harness.start(new CleanerController(harness.c));
    await harness.run(1000);
    expect(
      harness.api
        .all<CertificateSigningRequest>(CSRS)
        .map(({ metadata }) => metadata?.name)
        .sort(),
    ).toEqual(['fresh', 'pending']);
  });
});
