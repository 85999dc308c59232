import { describe, expect, it } from 'vitest';
import { toTable } from '../apimachinery/table.ts';
import { complaints, create, NOW, strategy } from './strategies.testing.ts';

const SCHEMAS = strategy('flowschemas', 'flowcontrol.apiserver.k8s.io');
const LEVELS = strategy('prioritylevelconfigurations', 'flowcontrol.apiserver.k8s.io');
const SERVICES = strategy('apiservices', 'apiregistration.k8s.io');
const WEBHOOKS = strategy('validatingwebhookconfigurations', 'admissionregistration.k8s.io');
const cells = (kind: typeof SCHEMAS, body: object) => toTable(kind, [create(kind, body)], NOW).rows[0]?.cells;

describe('kinds about the API server itself', () => {
  it('flow schemas and priority levels', () => {
    const schema = { metadata: { name: 'x' }, spec: { priorityLevelConfiguration: { name: 'system' } } };
    expect(complaints(SCHEMAS, schema)).toBe('valid');
    expect(cells(SCHEMAS, schema)?.slice(0, 4)).toEqual(['x', 'system', 1000, '<none>']);
    expect(complaints(SCHEMAS, { metadata: { name: 'x' }, spec: {} })).toBe(
      'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
    );
    const level = (spec: object) => ({ metadata: { name: 'l' }, spec });
    const queued = level({ type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } });
    expect(cells(LEVELS, queued)?.slice(0, 6)).toEqual(['l', 'Limited', 30, 64, 8, 50]);
    expect(complaints(LEVELS, level({ type: 'Limited' }))).toBe(
      'spec.limited: Required value: must not be empty when type is Limited',
    );
  });

  it('API services', () => {
    const service = (name: string, spec: object = {}) => ({
      metadata: { name },
      spec: { group: 'a.b', version: 'v1', groupPriorityMinimum: 100, versionPriority: 1, ...spec },
    });
    expect(complaints(SERVICES, service('v1.a.b'))).toBe('valid');
    expect(cells(SERVICES, service('v1.a.b'))?.slice(0, 3)).toEqual(['v1.a.b', 'Local', 'True']);
    expect(complaints(SERVICES, service('x'))).toBe(
      'metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.a.b"',
    );
    expect(complaints(SERVICES, service('v1.a.b', { versionPriority: 0 }))).toBe(
      'spec.versionPriority: Invalid value: 0: must be positive and less than 1000',
    );
  });

  it('webhook configurations', () => {
    const hook = (more: object) => ({
      metadata: { name: 'w' },
      webhooks: [
        { name: 'a.b.c', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { url: 'https://x' }, ...more },
      ],
    }); // prettier-ignore
    expect(complaints(WEBHOOKS, hook({}))).toBe('valid');
    expect(create(WEBHOOKS, hook({}))).toMatchObject({
      webhooks: [{ failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10 }],
    });
    expect(complaints(WEBHOOKS, hook({ name: 'short' }))).toBe(
      'webhooks[0].name: Invalid value: "short": should be a domain with at least three segments separated by dots',
    );
  });
});
