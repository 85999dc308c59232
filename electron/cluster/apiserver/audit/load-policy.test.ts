import { describe, expect, it } from 'vitest';
import { parseRequestInfo } from '../endpoints/request-info.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import type { AuditRule } from './interface.ts';
import { AuditPolicyError, loadAuditPolicy } from './load-policy.ts';

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';

function failure(text: string): string {
  try {
    loadAuditPolicy(text);
  } catch (error) {
    if (error instanceof AuditPolicyError) return error.message;
    throw error;
  }
  return 'loaded';
}

describe('a policy file', () => {
  it('is read, and what is unknown in it only warned of', () => {
    const { policy, warning } = loadAuditPolicy(
      `${HEAD}metadata: {name: x}\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n  user: [a]\n`,
    );
    expect(policy).toMatchObject({ omitStages: ['RequestReceived'], rules: [{ level: 'Metadata' }] });
    expect(warning).toBe(
      'Audit policy contains errors, falling back to lenient decoding: strict decoding error: unknown field "rules[0].user"',
    );
    expect(loadAuditPolicy(`${HEAD}rules: [{level: None}]`).warning).toBeUndefined();
  });

  it.each([
    ['', "failed decoding: Object 'Kind' is missing in '{}'"],
    ['kind: Policy', `failed decoding: Object 'apiVersion' is missing in '{"kind":"Policy"}'`],
    ['apiVersion: audit.k8s.io/v1beta1\nkind: Policy', 'failed decoding: no kind "Policy" is registered for version "audit.k8s.io/v1beta1" in scheme "k8s.io/apiserver/pkg/audit/scheme.go:30"'],
    ['a: b: c', 'failed decoding: yaml: line 1: mapping values are not allowed in this context'],
    ['[1]', 'failed decoding: couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'],
    [HEAD, 'loaded illegal policy with 0 rules'],
    [`${HEAD}rules: x`, 'failed decoding: json: cannot unmarshal string into Go struct field Policy.rules of type []v1.PolicyRule'],
    [`${HEAD}rules: [{}]`, 'rules[0].level: Required value'],
    [`${HEAD}rules: [{level: All}]`, 'rules[0].level: Unsupported value: "All": supported values: "None", "Metadata", "Request", "RequestResponse"'],
    [`${HEAD}rules: [{level: None, omitStages: [Begin]}, {level: None, nonResourceURLs: [api, '/a*b']}]`, "[rules[0].omitStages[0]: Invalid value: \"Begin\": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic, rules[1].nonResourceURLs[0]: Invalid value: \"api\": non-resource URL rules must begin with a '/' character, rules[1].nonResourceURLs[1]: Invalid value: \"/a*b\": non-resource URL wildcards '*' must be the final character of the rule]"],
    [`${HEAD}rules: [{level: None, resources: [{group: '', resourceNames: [a]}], nonResourceURLs: ['*']}]`, '[rules[0].resources.resourceNames: Invalid value: ["a"]: using resourceNames requires at least one resource, rules[0].nonResourceURLs: Invalid value: ["*"]: rules cannot apply to both regular resources and non-resource URLs]'],
  ])('%j is refused', (text, why) => {
    expect(failure(text)).toBe(why);
  }); // prettier-ignore

  it('a bomb of aliases is refused, not unfolded', () => {
    const levels = Array.from(
      { length: 30 },
      (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}, *a${n}, *a${n}]`,
    );
    expect(failure(`${HEAD}a0: &a0 [x]\n${levels.join('\n')}\n`)).toMatch(/^failed decoding: yaml: /);
    expect(failure(`${HEAD}rules: ${'['.repeat(20_000)}`)).toMatch(/^failed decoding: /);
  });
});

describe('the level of a request', () => {
  const ana = { name: 'ana', groups: ['dev', 'system:authenticated'] };
  const level = (
    rule: Partial<AuditRule>,
    method: string,
    path: string,
    user: typeof ana | undefined = ana,
  ) =>
    evaluatePolicy({ rules: [{ level: 'Metadata', ...rule }] }, user, parseRequestInfo(method, path)).level;
  const POD = '/api/v1/namespaces/a/pods/web';

  it.each<[Partial<AuditRule>, boolean]>([
    [{}, true],
    [{ users: ['ana'] }, true],
    [{ users: ['bo'] }, false],
    [{ userGroups: ['dev'], verbs: ['get'] }, true],
    [{ verbs: ['list'] }, false],
    [{ namespaces: ['a'] }, true],
    [{ namespaces: [''] }, false],
    [{ resources: [{ group: '' }] }, true],
    [{ resources: [{ group: 'apps' }] }, false],
    [{ resources: [{ group: '', resources: ['pods'], resourceNames: ['web'] }] }, true],
    [{ resources: [{ group: '', resources: ['pods'], resourceNames: ['db'] }] }, false],
    [{ resources: [{ group: '', resources: ['pods/*'] }] }, true],
    [{ resources: [{ group: '', resources: ['pods/log'] }] }, false],
    [{ nonResourceURLs: ['*'] }, false],
  ])('%j matches a read of a Pod: %s', (rule, matched) => {
    expect(level(rule, 'GET', POD)).toBe(matched ? 'Metadata' : 'None');
  });

  it('knows subresources, other paths, and who is unknown', () => {
    const resources = (...names: string[]) => ({ resources: [{ group: '', resources: names }] });
    expect(level(resources('pods'), 'GET', `${POD}/log`)).toBe('None');
    expect(level(resources('*/log'), 'GET', `${POD}/log`)).toBe('Metadata');
    expect(level({ nonResourceURLs: ['/healthz*'] }, 'GET', '/healthz/etcd')).toBe('Metadata');
    expect(level({ nonResourceURLs: ['/healthz'] }, 'GET', '/healthz/etcd')).toBe('None');
    expect(level(resources('pods'), 'GET', '/healthz')).toBe('None');
    const unknown = (rule: Partial<AuditRule>) =>
      evaluatePolicy({ rules: [{ level: 'Metadata', ...rule }] }, undefined, parseRequestInfo('GET', POD))
        .level;
    expect([unknown({}), unknown({ users: ['ana'] }), unknown({ userGroups: ['dev'] })]).toEqual([
      'Metadata',
      'None',
      'None',
    ]);
  });

  it('what is omitted adds up, and a rule decides of managedFields by itself', () => {
    const policy = {
      omitStages: ['RequestReceived'],
      omitManagedFields: true,
      rules: [{ level: 'Request', omitStages: ['Panic'], omitManagedFields: false }],
    } as const;
    expect(evaluatePolicy(policy, ana, parseRequestInfo('GET', POD))).toEqual({
      level: 'Request',
      omitStages: ['RequestReceived', 'Panic'],
      omitManagedFields: false,
    });
  });
});
