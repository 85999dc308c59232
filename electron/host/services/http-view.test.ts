import { describe, expect, it } from 'vitest';
import { CausalLog } from '../../base/causal-log.ts';
import type { HttpBody, HttpFrame } from '../../cluster/network/http.ts';
import { RecordsService } from './records-service.ts';

const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 's',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"p":"aHVzaA=="}}' },
  },
  data: { p: 'aHVzaA==' },
};

function exchange(request: HttpBody | undefined, response: HttpBody, detail: Record<string, unknown> = {}) {
  const log = new CausalLog(1000);
  const message = { kind: 'message', protocol: 'https', connection: 7, call: 3, latency: 0.5 } as const;
  const asked: HttpFrame = {
    type: 'request',
    call: 3,
    request: {
      method: 'PUT',
      target: '/api/v1/x?a=b',
      headers: { authorization: 'Bearer abc.def', accept: '*/*' },
      ...(request === undefined ? {} : { body: request }),
    },
  };
  const answered: HttpFrame = {
    type: 'response',
    call: 3,
    response: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: response,
      warnings: ['old'],
    },
  };
  const first = log.append(
    { ...message, to: 'api', phase: 'request', summary: 'PUT /api/v1/x?a=b', body: asked },
    10,
    0,
    'c',
  );
  log.append(
    { ...message, call: 4, to: 'c', phase: 'response', summary: '500 other', body: answered },
    11,
    0,
    'api',
  );
  const second = log.append(
    { ...message, to: 'c', phase: 'response', summary: '200 OK', body: answered, detail },
    14,
    first,
    'api',
  );
  return { service: new RecordsService(log, () => 20), first, second };
}

const object = (value: unknown): HttpBody => ({ type: 'object', value });

describe('a message of HTTP', () => {
  it('is shown with its counterpart, headers, and what each stage said', () => {
    const { service, first, second } = exchange(undefined, object({ kind: 'Pod' }), {
      user: 'ana',
      groups: ['dev'],
      impersonator: 'kubernetes-admin',
      authn: 'x509',
      flowControl: 'global-default (global-default)',
      authz: 'RBAC: allowed by RoleBinding "x/y"',
      admission: ['Priority: changed'],
      etcd: 'update',
      timing: 'quick',
      code: 200,
    });
    const { http, body } = service.get(first);
    expect(body).toBeNull();
    expect(http?.request).toEqual({
      id: first,
      time: 10,
      latency: 0.5,
      method: 'PUT',
      target: '/api/v1/x?a=b',
      headers: [
        { name: 'authorization', value: 'Bearer ••••••••' },
        { name: 'accept', value: '*/*' },
      ],
      body: null,
    });
    expect(http?.response).toMatchObject({
      id: second,
      time: 14,
      status: '200 OK',
      stream: false,
      headers: [
        { name: 'content-type', value: 'application/json' },
        { name: 'warning', value: '299 - "old"' },
      ],
      body: { text: 'kind: Pod\n', truncated: false, hidden: false },
    });
    expect(http?.verdicts).toEqual({
      user: 'ana',
      groups: ['dev'],
      impersonator: 'kubernetes-admin',
      authn: 'x509',
      flowControl: 'global-default (global-default)',
      authz: 'RBAC: allowed by RoleBinding "x/y"',
      admission: ['Priority: changed'],
      validation: null,
      storage: 'update',
      more: [{ name: 'timing', value: 'quick' }],
    });
    expect(service.get(second).http).toEqual(http);
    expect(service.get(first, true).http?.request?.headers?.[0]?.value).toBe('Bearer abc.def');
  });

  it('hides the values of Secrets, in lists and watch events and in JSON and YAML as well, until asked', () => {
    const list = { kind: 'SecretList', items: [{ ...SECRET, kind: undefined }] };
    const { service, first } = exchange(
      { type: 'bytes', bytes: new TextEncoder().encode(JSON.stringify(SECRET)) },
      object(list),
    );
    const { http } = service.get(first);
    expect(http?.request?.body).toEqual({
      text: 'apiVersion: v1\ndata:\n  p: ••••••••\nkind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: ••••••••\n  name: s\n',
      truncated: false,
      hidden: true,
    });
    expect(http?.response?.body?.hidden).toBe(true);
    expect(JSON.stringify(http)).not.toContain('aHVzaA==');
    expect(service.get(first, true).http?.response?.body?.text).toContain('p: aHVzaA==');
    const yaml = 'kind: Secret\nstringData:\n  p: hush\n';
    const other = exchange({ type: 'text', text: yaml }, object({ type: 'ADDED', object: SECRET }));
    expect(JSON.stringify(other.service.get(other.first).http)).not.toMatch(/hush|aHVzaA==/);
  });

  it('shows other texts as they are, and says what is no text', () => {
    const { service, first } = exchange(
      { type: 'bytes', bytes: new TextEncoder().encode('k8s\0abc') },
      { type: 'text', text: '{broken' },
    );
    const { http } = service.get(first);
    expect(http?.request?.body?.text).toBe('# application/vnd.kubernetes.protobuf, 7 B');
    expect(http?.response?.body?.text).toBe('{broken');
    expect(http?.verdicts).toBeNull();
  });
});
