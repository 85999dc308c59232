import { describe, expect, it } from 'vitest';
import { FAKE_OPENAPI, FAKE_POD, fakeDiscovery, fakeFamily, fakeTable } from '../../testing/fake-api.ts';
import { collectionPath, groupKinds, objectPath, readDiscovery } from './api/discovery.ts';
import { humanDuration } from './api/duration.ts';
import { arrange } from './objects/arrange-family.ts';
import { fromText, onTopOf, toText } from './objects/manifest.ts';
import { locate, readProblem } from './objects/status.ts';
import { cellText, searchRows, sortRows } from './objects/table-rows.ts';
import { completeYaml } from './schema/complete-yaml.ts';
import { lintYaml } from './schema/lint-yaml.ts';
import { SchemaIndex } from './schema/schema-index.ts';
import type { Schema } from './schema/schema-index.ts';

describe('discovery', () => {
  const kinds = [...readDiscovery(fakeDiscovery(true)), ...readDiscovery(fakeDiscovery(false))];

  it('keeps what can be listed, and finds by resource, kind, short name and group', () => {
    expect(kinds).toHaveLength(12);
    const found = (query: string): string[] =>
      groupKinds(kinds, query).flatMap((group) => group.kinds.map(({ resource }) => resource));
    expect(groupKinds(kinds, '').map(({ group }) => group)).toEqual([
      '',
      'apps',
      'rbac.authorization.k8s.io',
    ]);
    expect(found('po')).toEqual(['pods']);
    expect(found('deploy')).toEqual(['deployments']);
    expect(found('rbac')).toEqual(['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles']);
    expect(found('bindings')).toEqual(['clusterrolebindings', 'rolebindings']);
    expect(found('nothing')).toEqual([]);
  });

  it('knows the paths of collections and objects', () => {
    const [pods, nodes, deployments] = ['pods', 'nodes', 'deployments'].map(
      (name) => kinds.find(({ resource }) => resource === name) as (typeof kinds)[number],
    ) as [(typeof kinds)[number], (typeof kinds)[number], (typeof kinds)[number]];
    expect(collectionPath(pods, '')).toBe('/api/v1/pods');
    expect(objectPath(pods, 'default', 'a')).toBe('/api/v1/namespaces/default/pods/a');
    expect(objectPath(nodes, 'ignored', 'cp-1')).toBe('/api/v1/nodes/cp-1');
    expect(collectionPath(deployments, 'x')).toBe('/apis/apps/v1/namespaces/x/deployments');
  });
});

it('ages are written as kubectl writes them', () => {
  const s = 1000;
  expect(
    [0, 42, 119, 120, 190, 600, 10_800, 11_400, 172_800, 183_600, 63_072_000].map((seconds) =>
      humanDuration(seconds * s),
    ),
  ).toEqual(['0s', '42s', '119s', '2m', '3m10s', '10m', '3h', '3h10m', '2d', '2d3h', '2y']);
  expect(humanDuration(-5 * s)).toBe('<invalid>');
});

describe('rows', () => {
  const { rows, columns } = fakeTable('/api/v1/pods', 1000);

  it('are found by any cell, and sorted by numbers as numbers and by age', () => {
    expect(searchRows(rows, 'TERMINATING')).toHaveLength(1);
    expect(searchRows(rows, 'pod-0999')).toHaveLength(0);
    const names = (column: number, descending: boolean): string[] =>
      sortRows(rows, columns, { column, descending })
        .slice(0, 2)
        .map(({ name }) => name);
    expect(names(0, true)).toEqual(['web-7c5ddbdf54-x2x9k', 'pod-0998']);
    expect(names(4, false)).toEqual(['web-7c5ddbdf54-x2x9k', 'pod-0000']);
    expect(names(4, true)).toEqual(['pod-0998', 'pod-0997']);
  });

  it('grow older with the virtual clock', () => {
    const [row] = rows;
    expect(row && cellText(row, columns[4], 4, Date.UTC(2026, 2, 2, 12, 8))).toBe('5m');
    expect(row && cellText(row, columns[2], 2, 0)).toBe('Running');
  });
});

describe('manifests', () => {
  it('hide managedFields and the values of Secrets unless asked', () => {
    const plain = toText(FAKE_POD, { managedFields: false, secrets: false });
    expect(plain).not.toContain('managedFields');
    expect(toText(FAKE_POD, { managedFields: true, secrets: false })).toContain('kube-controller-manager');
    const secret = {
      kind: 'Secret',
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'aHVzaA==' } },
      data: { p: 'aHVzaA==' },
    };
    expect(toText(secret, { managedFields: false, secrets: false })).not.toContain('aHVzaA==');
    expect(toText(secret, { managedFields: false, secrets: true })).toContain('p: aHVzaA==');
    expect(fromText(plain)).toMatchObject({ kind: 'Pod', spec: FAKE_POD.spec });
    expect(fromText('- a')).toBeUndefined();
    expect(fromText('a: [')).toBeUndefined();
  });

  it('go on top of a newer version with everything else untouched', () => {
    const text = '# mine\nmetadata:\n  name: a # keep\n  resourceVersion: "7"\nspec: {}\n';
    expect(onTopOf(text, '12')).toBe(text.replace('"7"', '"12"'));
    expect(onTopOf('spec: {}\n', '12')).toBe('spec: {}\n');
  });
});

describe('refusals', () => {
  it('are read from a Status, and from anything else', () => {
    const body = JSON.stringify({
      kind: 'Status',
      reason: 'Invalid',
      message: 'Pod "a" is invalid',
      details: { causes: [{ field: 'spec.containers[0].image', message: 'Required value' }] },
    });
    expect(readProblem(422, body)).toEqual({
      code: 422,
      reason: 'Invalid',
      message: 'Pod "a" is invalid',
      causes: [{ field: 'spec.containers[0].image', message: 'Required value' }],
    });
    expect(readProblem(502, 'bad gateway\n').message).toBe('bad gateway');
  });

  it('are found in the text: the field, or the nearest parent', () => {
    const text = 'spec:\n  containers:\n    - name: a\n      image: b\n';
    const at = (field: string): string => {
      const place = locate(text, field);
      return place === undefined ? '' : text.slice(place.from, place.to).trim();
    };
    expect(at('spec.containers[0].image')).toBe('b');
    expect(at('spec.containers[0].ports[2].x')).toBe('name: a\n      image: b');
    expect(at('metadata.name')).toBe('');
  });
});

it('a family is arranged below its owners', () => {
  expect(arrange(fakeFamily('p')).map(({ relative, depth }) => `${depth} ${relative.kind}`)).toEqual([
    '0 Deployment',
    '1 ReplicaSet',
    '2 Pod',
  ]);
});

describe('the schema', () => {
  const index = new SchemaIndex(FAKE_OPENAPI);
  const root = index.of('', 'v1', 'Pod') as Schema;
  const lint = (text: string): string[] =>
    lintYaml(text, index, root).map(
      ({ from, to, code, params }) => `${code} ${params['field'] ?? ''} "${text.slice(from, to)}"`,
    );

  it('is found by group, version and kind only', () => {
    expect(index.of('apps', 'v1', 'Pod')).toBeUndefined();
    expect(index.at(root, ['spec', 'containers', '[]', 'image'])).toEqual({ type: 'string' });
    expect(index.at(root, ['spec'])?.description).toBe('What is wanted.');
  });

  it('marks unknown fields, wrong types, values out of the list and what is missing, and leaves good manifests alone', () => {
    expect(lint(toText(FAKE_POD, { managedFields: false, secrets: false }))).toEqual([]);
    expect(lint('kind: Pod\nspec:\n  containers:\n    - nmae: x\n')).toEqual([
      'unknown spec.containers[0].nmae "nmae"',
      'missing spec.containers[0].name "nmae"',
    ]);
    expect(lint('spec:\n  containers: {}\n')).toEqual(['type spec.containers "{}"']);
    expect(
      lint('spec:\n  containers: []\n  restartPolicy: Sometimes\n  hostNetwork: "yes"\n  nodeName: 3\n'),
    ).toEqual([
      'enum spec.restartPolicy "Sometimes"',
      'type spec.hostNetwork ""yes""',
      'type spec.nodeName "3"',
    ]);
    expect(
      lint(
        'metadata: {labels: {any: x}}\nspec: {containers: [{name: a, resources: {limits: {cpu: 1, memory: 1Gi}}}]}',
      ),
    ).toEqual([]);
    expect(lint('a: b: c')[0]).toMatch(/^syntax/);
    expect(lint('just text')).toEqual(['empty  "just text"']);
  });

  const complete = (marked: string): string[] | undefined => {
    const position = marked.indexOf('|');
    const text = marked.replace('|', '');
    return completeYaml(text, position, index, root)?.options.map(({ apply }) => apply);
  };

  it('completes fields by where they stand, without those that are there', () => {
    expect(complete('|')).toEqual(['apiVersion: ', 'kind: ', 'metadata:', 'spec:', 'status:']);
    expect(complete('kind: Pod\nspec:\n  no|')).toEqual([
      'containers:',
      'nodeName: ',
      'restartPolicy: ',
      'hostNetwork: ',
      'terminationGracePeriodSeconds: ',
    ]);
    expect(complete('spec:\n  containers:\n    - name: a\n      |\n    - name: b\n')).toEqual([
      'image: ',
      'ports:',
      'resources:',
    ]);
    expect(complete('spec:\n  containers:\n  - |')).toEqual(['name: ', 'image: ', 'ports:', 'resources:']);
    expect(complete('spec:\n  containers:\n  - name: a\n    ports:\n    - con|')).toEqual([
      'containerPort: ',
    ]);
    expect(complete('spec:\n  containers: []\n|')).toEqual([
      'apiVersion: ',
      'kind: ',
      'metadata:',
      'status:',
    ]);
  });

  it('completes values, and nothing in comments, maps of anything or free texts', () => {
    expect(complete('spec:\n  restartPolicy: N|')).toEqual(['Always', 'Never', 'OnFailure']);
    expect(complete('spec:\n  hostNetwork: |')).toEqual(['true', 'false']);
    expect(complete('spec:\n  # no|')).toBeUndefined();
    expect(complete('metadata:\n  labels:\n    a|')).toBeUndefined();
    expect(complete('spec:\n  nodeName: a|')).toEqual([]);
  });
});
