import { expect } from 'vitest';
import type { HttpHeaders } from '../../network/http.ts';
import type { TestCluster } from '../testing/test-cluster.testing.ts';
import { valueOf } from '../testing/test-cluster.testing.ts';

// A small kind of its own for the tests of definitions and of their objects.

export const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const BOATS = '/apis/sea.example.com/v1/namespaces/default/boats';
export const MERGE = { 'content-type': 'application/merge-patch+json' };

export const schema = (properties: object = {}) => ({
  openAPIV3Schema: {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        required: ['sails'],
        properties: {
          sails: { type: 'integer', minimum: 1 },
          name: { type: 'string', default: 'nameless' },
          ...properties,
        },
      },
      status: { type: 'object', properties: { phase: { type: 'string' }, crew: { type: 'integer' } } },
    },
  },
});

export const VERSION = {
  name: 'v1',
  served: true,
  storage: true,
  subresources: { status: {} },
  additionalPrinterColumns: [
    { name: 'Sails', type: 'integer', jsonPath: '.spec.sails' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
  ],
  schema: schema(),
};

export const definition = (version: object = {}, spec: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'boats.sea.example.com' },
  spec: {
    group: 'sea.example.com',
    scope: 'Namespaced',
    names: { plural: 'boats', singular: 'boat', kind: 'Boat', shortNames: ['bt'], categories: ['all'] },
    versions: [{ ...VERSION, ...version }],
    ...spec,
  },
});

export const boat = (name: string, spec: object = { sails: 3 }, more: object = {}) => ({
  apiVersion: 'sea.example.com/v1',
  kind: 'Boat',
  metadata: { name },
  spec,
  ...more,
});

/** Code and message of the answer. */
export async function answer(
  cluster: TestCluster,
  method: string,
  target: string,
  body?: unknown,
  headers: HttpHeaders = {},
): Promise<[number, unknown]> {
  const response = await cluster.call(method, target, body, headers);
  return [response.status, valueOf(response).message];
}

/** Makes the definition and waits until it is served. */
export async function define(cluster: TestCluster, version: object = {}, spec: object = {}): Promise<void> {
  expect(await answer(cluster, 'POST', CRDS, definition(version, spec))).toEqual([201, undefined]);
  await cluster.run(500);
}
