import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../../api/registry.ts';
import { encodeBase64 } from '../../../apimachinery/base64.ts';
import { listenHttp } from '../../../network/http-server.ts';
import { TestCluster, valueOf } from '../../testing/test-cluster.testing.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const MAPS = '/api/v1/namespaces/default/configmaps';
let cluster: TestCluster;

const hook = (clientConfig: object, more: object = {}) => ({
  name: 'check.example.com',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig,
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
  ...more,
});
const SERVICE = { service: { namespace: 'kube-public', name: 'checker', path: '/check' } };

async function configure(kind: 'validating' | 'mutating', ...webhooks: object[]): Promise<void> {
  await cluster.call('POST', `${GROUP}/${kind}webhookconfigurations`, { metadata: { name: 'w' }, webhooks });
  await cluster.run(10);
}
async function map(name: string, labels: object = {}) {
  const response = await cluster.call('POST', MAPS, { metadata: { name, labels } });
  return { code: response.status, value: valueOf(response), warnings: response.warnings ?? [] };
}

/** A webhook on the client's machine. */
function serve(answer: (request: { uid: string; object: unknown }) => object): Promise<void> {
  return cluster.do(async (process) => {
    listenHttp(process.net, 8443, (exchange) => {
      const { body } = exchange.request;
      const review = (body?.type === 'object' ? body.value : undefined) as {
        request: { uid: string; object: unknown };
      };
      const response = { uid: review.request.uid, ...answer(review.request) };
      const value = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response };
      exchange.respond({ status: 200, headers: {}, body: { type: 'object', value } });
    });
  });
}
const AT_CLIENT = { url: 'https://10.0.0.1:8443/check' };

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('webhooks', () => {
  it('fail closed with the reason: no service, no port, no endpoints, nobody listening', async () => {
    await configure('validating', hook(SERVICE));
    const post =
      'Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://checker.kube-public.svc:443/check?timeout=10s"';
    expect((await map('a')).value).toMatchObject({
      code: 500,
      reason: 'InternalError',
      message: `${post}: service "checker" not found`,
    });
    const service = (port: number) => ({
      metadata: { name: 'checker' },
      spec: { selector: { app: 'checker' }, ports: [{ port }] },
    });
    const services = '/api/v1/namespaces/kube-public/services';
    await cluster.call('POST', services, service(80));
    await cluster.run(10);
    expect((await map('a')).value.message).toBe(`${post}: no service port 443 found for service "checker"`);
    await cluster.call('DELETE', `${services}/checker`);
    await cluster.call('POST', services, service(443));
    await cluster.run(10);
    expect((await map('a')).value.message).toBe(`${post}: no endpoints available for service "checker"`);
    await cluster.call('POST', '/api/v1/namespaces/kube-public/endpoints', {
      metadata: { name: 'checker' },
      subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 9443 }] }],
    });
    await cluster.run(10);
    expect((await map('a')).value.message).toBe(
      `${post}: dial tcp 10.0.0.1:9443: connect: connection refused`,
    );
    expect((await cluster.call('DELETE', `${GROUP}/validatingwebhookconfigurations/w`)).status).toBe(200);
    await cluster.run(10);
    expect((await map('a')).code).toBe(201);
  });

  it('fail open where the policy says so, and are asked only where they match', async () => {
    await configure('validating', hook(SERVICE, { failurePolicy: 'Ignore' }));
    expect((await map('a')).code).toBe(201);
    await cluster.call('DELETE', `${GROUP}/validatingwebhookconfigurations/w`);
    const conditions = [{ name: 'named', expression: 'object.metadata.name == "asked"' }];
    await configure('validating', hook({ url: 'https://127.0.0.1:1/' }, { matchConditions: conditions }));
    expect((await map('b')).code).toBe(201);
    expect((await map('asked')).value.message).toBe(
      'Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://127.0.0.1:1/?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
    );
  });

  it('are believed when they answer: they refuse, warn and patch', async () => {
    await serve(({ object }) => {
      const { metadata } = object as { metadata: { name: string } };
      if (metadata.name === 'bad') return { allowed: false, status: { code: 403, message: 'no bad maps' } };
      const patch = encodeBase64(JSON.stringify([{ op: 'add', path: '/data', value: { by: 'webhook' } }]));
      return { allowed: true, warnings: ['patched'], patchType: 'JSONPatch', patch };
    });
    await configure('mutating', hook(AT_CLIENT));
    expect((await map('bad')).value).toMatchObject({
      code: 403,
      message: 'admission webhook "check.example.com" denied the request: no bad maps',
    });
    expect(await map('good')).toMatchObject({
      code: 201,
      value: { data: { by: 'webhook' } },
      warnings: ['patched'],
    });
  });

  it('that answer something else are told so', async () => {
    await configure('validating', hook({ url: 'https://10.0.0.10:6443/nosuch' }));
    expect((await map('a')).value.message).toMatch(
      /^Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: /,
    );
  });
});
