import { describe, expect, test } from 'vitest';
import { decodeBase64 } from '../apimachinery/base64.ts';
import type { FieldValidation } from './decode-body.ts';
import { decodeBody } from './decode-body.ts';

const CONFIG_MAP = { group: '', version: 'v1', kind: 'ConfigMap' };
const POD = { group: '', version: 'v1', kind: 'Pod' };
const DEPLOYMENT = { group: 'apps', version: 'v1', kind: 'Deployment' };

function refusal(
  expected: typeof POD,
  body: string,
  fieldValidation: FieldValidation = 'Ignore',
  contentType?: string,
): string {
  try {
    decodeBody({ expected, body, fieldValidation, contentType });
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
}

const pod = (container: string): string =>
  `{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"m","image":"i",${container}}]}}`;

describe('bodies that are no object of the kind', () => {
  const unrecognized = 'the object provided is unrecognized (must be of type ConfigMap): ';
  test.each([
    [
      '{not json',
      `${unrecognized}couldn't get version/kind; json parse error: invalid character 'n' looking for beginning of object key string ({not json)`,
    ],
    [
      '',
      `${unrecognized}couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`,
    ],
    [
      'hi',
      `${unrecognized}couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value (6869)`,
    ],
    [
      '{"apiVersion":"v1","kind":"Secret"}',
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
    [
      '{"apiVersion":"v2","kind":"ConfigMap"}',
      'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
    [
      '{"data":["a"]}',
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string',
    ],
    [
      '{"data":{"n":5}}',
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      '{"binaryData":{"k":"not base64!"}}',
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: illegal base64 data at input byte 3',
    ],
  ])('%s', (body, message) => {
    expect(refusal(CONFIG_MAP, body)).toBe(message);
  });

  test.each([
    [
      DEPLOYMENT,
      '{"spec":{"replicas":"two"}}',
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      DEPLOYMENT,
      '{"spec":{"replicas":1.5}}',
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      POD,
      pod('"ports":[{"containerPort":"eighty"}]'),
      'json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      POD,
      pod('"command":"ls"'),
      'json: cannot unmarshal string into Go struct field Container.spec.containers.command of type []string',
    ],
    [
      POD,
      '{"spec":{"containers":{}}}',
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      POD,
      pod('"env":[{"name":"A","value":5}]'),
      'json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
    ],
    [
      POD,
      pod('"resources":{"limits":{"cpu":[1]}}'),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])('%o %s', (expected, body, message) => {
    expect(refusal(expected, body)).toBe(
      `${expected.kind} in version "v1" cannot be handled as a ${expected.kind}: ${message}`,
    );
  });

  test('too large, too deep, of an unknown type', () => {
    expect(refusal(CONFIG_MAP, 'x'.repeat(3 * 1024 * 1024 + 1))).toBe(
      'Request entity too large: limit is 3145728',
    );
    expect(refusal(CONFIG_MAP, `{"a":${'['.repeat(600)}${']'.repeat(600)}}`)).toContain('exceeded max depth');
    expect(refusal(CONFIG_MAP, 'hello', 'Ignore', 'text/plain')).toBe(
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  });
});

describe('field validation', () => {
  const body =
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"nosuch":1,"data":{"a":"1","a":"2"}}';

  test('Strict refuses', () => {
    expect(refusal(CONFIG_MAP, body, 'Strict')).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "nosuch", duplicate field "data.a"',
    );
    expect(refusal(POD, pod('"foo":1'), 'Strict')).toContain(
      'strict decoding error: unknown field "spec.containers[0].foo"',
    );
  });

  test('Warn warns, Ignore is silent; both drop what is unknown', () => {
    const warned = decodeBody({ expected: CONFIG_MAP, body, fieldValidation: 'Warn' });
    expect(warned.warnings).toEqual(['unknown field "nosuch"', 'duplicate field "data.a"']);
    expect(warned.object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x' },
      data: { a: '2' },
    });
    expect(decodeBody({ expected: CONFIG_MAP, body }).warnings).toEqual([]);
  });
});

test('canonical form; what is in it already is not copied', () => {
  const { object } = decodeBody({
    expected: POD,
    body: pod(
      '"command":[],"resources":{"limits":{"cpu":"1000m","memory":1048576}},"lifecycle":null',
    ).replace('"spec"', '"metadata":{"name":"p","namespace":"","labels":{},"creationTimestamp":null},"spec"'),
  });
  expect(object).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'm', image: 'i', resources: { limits: { cpu: '1', memory: '1048576' } } }] },
    status: {},
  });
  expect(decodeBody({ expected: POD, body: object }).object).toBe(object);
});

test('YAML bodies', () => {
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yam}\ndata: {a: "1"}\n';
  expect(decodeBody({ expected: CONFIG_MAP, body, contentType: 'application/yaml' }).object).toMatchObject({
    data: { a: '1' },
  });
  expect(refusal(CONFIG_MAP, 'a: b: c', 'Ignore', 'application/yaml')).toContain(
    'error converting YAML to JSON: yaml: line 1: ',
  );
});

/** Bodies kubectl 1.32 sent for `create deployment web --image=nginx:1.25 --replicas=0 --port=80` and others. */
describe('protobuf bodies of kubectl', () => {
  const decode = (expected: typeof POD, base64: string): unknown =>
    decodeBody({
      expected,
      body: decodeBase64(base64),
      contentType: 'application/vnd.kubernetes.protobuf',
      fieldValidation: 'Strict',
    }).object;

  test('create deployment', () => {
    const body =
      'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50Er0BCh8KA3dlYhIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEosBCAASDAoKCgNhcHASA3dlYhpxChwKABIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViElESMwoFbmdpbngSCm5naW54OjEuMjUqADIKCgAQABhQIgAqAEIAagByAIABAIgBAJABAKIBABoAMgBCAEoAUgBYAGAAaACCAQCKAQCaAQDCAQAiAgoAKAA4ABoMCAAQABgAIAAoADgAGgAiAA==';
    expect(decode(DEPLOYMENT, body)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              { name: 'nginx', image: 'nginx:1.25', ports: [{ containerPort: 80 }], resources: {} },
            ],
          },
        },
        strategy: {},
      },
      status: { replicas: 0 },
    });
  });

  test('create service, create secret, auth can-i', () => {
    const service =
      'azhzAAoNCgJ2MRIHU2VydmljZRJmChsKAXMSABoAIgAqADIAOABCAFoICgNhcHASAXMSQwoeCgc4MC1odHRwEgNUQ1AYUCIKCAEQABoEaHR0cCgAEggKA2FwcBIBcxoAIglDbHVzdGVySVA6AEIAUgBaAGAAaAAaAgoAGgAiAA==';
    expect(decode({ group: '', version: 'v1', kind: 'Service' }, service)).toMatchObject({
      spec: {
        ports: [{ name: '80-http', protocol: 'TCP', port: 80, targetPort: 'http' }],
        selector: { app: 's' },
        type: 'ClusterIP',
      },
    });
    const secret = 'azhzAAoMCgJ2MRIGU2VjcmV0Eh0KEQoBcxIAGgAiACoAMgA4AEIAEgYKAXASAXEaABoAIgA=';
    expect(decode({ group: '', version: 'v1', kind: 'Secret' }, secret)).toMatchObject({
      metadata: { name: 's' },
      data: { p: 'cQ==' },
    });
    const review =
      'azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSPAoQCgASABoAIgAqADIAOABCABIeChwKB2RlZmF1bHQSA2dldBoAIgAqBHBvZHMyADoAGggIABIAGgAgABoAIgA=';
    expect(
      decode({ group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectAccessReview' }, review),
    ).toMatchObject({
      spec: { resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } },
    });
  });

  test('who asked for a certificate', () => {
    const request =
      'azhzAAozChZjZXJ0aWZpY2F0ZXMuazhzLmlvL3YxEhlDZXJ0aWZpY2F0ZVNpZ25pbmdSZXF1ZXN0Eh4KBgoEamFuZRIUCgIBAjoBczILCgFrEgYKAWEKAWI=';
    expect(
      decode({ group: 'certificates.k8s.io', version: 'v1', kind: 'CertificateSigningRequest' }, request),
    ).toMatchObject({
      metadata: { name: 'jane' },
      spec: { request: 'AQI=', signerName: 's', extra: { k: ['a', 'b'] } },
    });
  });

  test('what is no such body', () => {
    const contentType = 'application/vnd.kubernetes.protobuf';
    const error = (body: Uint8Array): string => {
      try {
        decodeBody({ expected: POD, body, contentType });
        return 'accepted';
      } catch (failure) {
        return (failure as Error).message;
      }
    };
    expect(error(new Uint8Array([1, 2]))).toBe(
      'the object provided is unrecognized (must be of type Pod): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (0102)',
    );
    expect(error(new Uint8Array([0x6b, 0x38, 0x73, 0, 0x0a, 0x50, 1]))).toContain('unexpected EOF');
  });
});
