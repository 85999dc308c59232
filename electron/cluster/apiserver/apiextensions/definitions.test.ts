import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';
import { answer, BOATS, boat, CRDS, define, definition, MERGE, schema } from './boats.testing.ts';

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('a CustomResourceDefinition', () => {
  it('gets its names and is established', async () => {
    await define(cluster);
    const made = valueOf(await cluster.call('GET', `${CRDS}/boats.sea.example.com`));
    expect(made['status']).toMatchObject({
      acceptedNames: {
        plural: 'boats',
        singular: 'boat',
        kind: 'Boat',
        listKind: 'BoatList',
        shortNames: ['bt'],
        categories: ['all'],
      },
      storedVersions: ['v1'],
      conditions: [
        { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
        {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        },
      ],
    });
    const services = await cluster.call(
      'GET',
      '/apis/apiregistration.k8s.io/v1/apiservices/v1.sea.example.com',
    );
    expect(services.status).toBe(200);
  });

  it('whose names are taken is not served until they are free', async () => {
    await define(cluster);
    const other = definition();
    const second = {
      ...other,
      metadata: { name: 'ships.sea.example.com' },
      spec: { ...other.spec, names: { plural: 'ships', kind: 'Boat' } },
    };
    await cluster.call('POST', CRDS, second);
    await cluster.run(500);
    const refused = valueOf(await cluster.call('GET', `${CRDS}/ships.sea.example.com`));
    expect(refused['status']).toMatchObject({
      conditions: [
        {
          type: 'NamesAccepted',
          status: 'False',
          reason: 'ListKindConflict',
          message: '"BoatList" is already in use',
        },
        {
          type: 'Established',
          status: 'False',
          reason: 'NotAccepted',
          message: 'not all names are accepted',
        },
      ],
    });
    expect((await answer(cluster, 'GET', '/apis/sea.example.com/v1/ships'))[0]).toBe(404);
    await cluster.call('DELETE', `${CRDS}/boats.sea.example.com`);
    await cluster.run(5_000);
    expect((await answer(cluster, 'GET', '/apis/sea.example.com/v1/ships'))[0]).toBe(200);
  });

  it('is refused with what is wrong with it', async () => {
    const refuse = async (version: object, spec: object = {}): Promise<unknown> =>
      (await answer(cluster, 'POST', CRDS, definition(version, spec)))[1];
    const prefix = 'CustomResourceDefinition.apiextensions.k8s.io "boats.sea.example.com" is invalid: ';
    expect(await refuse({}, { group: 'x.example.com' })).toBe(
      `${prefix}metadata.name: Invalid value: "boats.sea.example.com": must be spec.names.plural+"."+spec.group`,
    );
    expect(await refuse({ schema: undefined })).toBe(
      `${prefix}spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required`,
    );
    expect(await refuse({}, { scope: 'Global' })).toBe(
      `${prefix}spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"`,
    );
    expect(await refuse({ storage: false })).toContain(
      'must have exactly one version marked as storage version',
    );
    const at = 'spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[x]';
    expect(await refuse({ schema: schema({ x: {} }) })).toBe(
      `${prefix}${at}.type: Required value: must not be empty for specified object fields`,
    );
    expect(await refuse({ schema: schema({ x: { type: 'string', uniqueItems: true } }) })).toBe(
      `${prefix}${at}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
    );
    expect(await refuse({ schema: schema({ x: { type: 'string', default: 3 } }) })).toContain(
      `${at}.default: Invalid value: "integer": ${at}.default in body must be of type string: "integer"`,
    );
    expect(await refuse({ additionalPrinterColumns: [{ name: 'a', type: 'text', jsonPath: 'x' }] })).toBe(
      `${prefix}[spec.versions[0].additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string, spec.versions[0].additionalPrinterColumns[0].jsonPath: Invalid value: "x": must be a simple json path starting with .]`,
    );
    const rule = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'nobody > 1' }] };
    expect(await refuse({ schema: schema({ x: rule }) })).toContain(
      `${at}.x-kubernetes-validations[0].rule: Invalid value: "nobody > 1": compilation failed: ERROR: <input>:1:1: undeclared reference to 'nobody'`,
    );
    expect((await answer(cluster, 'POST', CRDS, { kind: 'CustomResourceDefinition' }))[0]).toBe(422);
  });

  it('keeps its group and scope', async () => {
    await define(cluster);
    const patch = { spec: { scope: 'Cluster', group: 'y.example.com' } };
    expect((await answer(cluster, 'PATCH', `${CRDS}/boats.sea.example.com`, patch, MERGE))[1]).toContain(
      'spec.scope: Invalid value: "Cluster": field is immutable, spec.group: Invalid value: "y.example.com": field is immutable',
    );
  });

  it('takes its objects along when it goes', async () => {
    await define(cluster);
    await cluster.call(
      'POST',
      BOATS,
      boat('held', undefined, {
        metadata: { name: 'held', finalizers: ['example.com/hold'] },
        spec: { sails: 1 },
      }),
    );
    await cluster.call('POST', BOATS, boat('argo'));
    await cluster.call('DELETE', `${CRDS}/boats.sea.example.com`);
    await cluster.run(500);
    const going = valueOf(await cluster.call('GET', `${CRDS}/boats.sea.example.com`));
    expect(going).toMatchObject({
      metadata: { finalizers: ['customresourcecleanup.apiextensions.k8s.io'] },
      status: { conditions: [{}, {}, { type: 'Terminating', reason: 'InstanceDeletionInProgress' }] },
    });
    expect(await answer(cluster, 'POST', BOATS, boat('late'))).toEqual([
      405,
      'create not allowed while custom resource definition is terminating',
    ]);
    expect((await answer(cluster, 'GET', `${BOATS}/argo`))[0]).toBe(404);
    await cluster.call('PATCH', `${BOATS}/held`, { metadata: { finalizers: null } }, MERGE);
    await cluster.run(6_000);
    expect((await answer(cluster, 'GET', `${CRDS}/boats.sea.example.com`))[0]).toBe(404);
    expect((await answer(cluster, 'GET', BOATS))[0]).toBe(404);
    const services = await cluster.call(
      'GET',
      '/apis/apiregistration.k8s.io/v1/apiservices/v1.sea.example.com',
    );
    expect(services.status).toBe(404);
  });
});
