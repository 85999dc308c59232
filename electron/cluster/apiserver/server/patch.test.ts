import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
  await cluster.call('POST', MAPS, { metadata: { name: 'one' }, data: { a: '1', b: '2' } });
});

const patch = (type: string, body: string, query = '') =>
  cluster.call('PATCH', `${MAPS}/one${query}`, body, { 'content-type': `application/${type}` });

describe('a PATCH body', () => {
  it.each([
    [
      'merge-patch+json',
      '{bad',
      400,
      "error decoding patch: invalid character 'b' looking for beginning of object key string",
    ],
    [
      'json-patch+json',
      '{"op":"add"}',
      400,
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    [
      'json-patch+json',
      '[{"op":"test","path":"/data/a","value":"9"}]',
      422,
      'the server rejected our request due to an error in our request',
    ],
  ])('%s %s is refused', async (type, body, status, message) => {
    const answer = await patch(type, body);
    expect([answer.status, valueOf(answer).message]).toEqual([status, message]);
  });

  it('has to make an object of the kind', async () => {
    const answer = await patch('merge-patch+json', '{"data":{"a":5}}');
    expect(answer.status).toBe(422);
    expect(valueOf(answer).message).toMatch(
      / "" is invalid: patch: Invalid value: ".*": json: cannot unmarshal number into Go struct field ConfigMap\.data of type string/s,
    );
  });

  it('has one of four media types', async () => {
    expect((await patch('json', '{}')).status).toBe(415);
  });

  it('warns of fields that are not there, and changes the rest', async () => {
    const type = 'strategic-merge-patch+json';
    const answer = await patch(type, '{"data":{"a":null},"nosuch":1}', '?fieldValidation=Warn');
    expect([answer.status, answer.warnings]).toEqual([200, ['unknown field "nosuch"']]);
    expect(valueOf(answer)['data']).toEqual({ b: '2' });
  });
});
