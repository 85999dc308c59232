import { describe, expect, it } from 'vitest';
import { negotiate, wantsPretty } from './negotiation.ts';
import { parseRequestInfo } from './request-info.ts';
import { parseListRequest, parseWriteOptions } from './request-options.ts';

describe('parseRequestInfo', () => {
  it.each([
    ['GET', '/api/v1/namespaces/default/pods', 'list', '', 'pods', 'default', '', ''],
    ['GET', '/api/v1/namespaces/default/pods?watch=true', 'watch', '', 'pods', 'default', '', ''],
    ['GET', '/api/v1/namespaces/default/pods?watch=0', 'list', '', 'pods', 'default', '', ''],
    ['GET', '/api/v1/pods/x', 'get', '', 'pods', '', 'x', ''],
    ['POST', '/apis/apps/v1/namespaces/a/deployments', 'create', 'apps', 'deployments', 'a', '', ''],
    ['PUT', '/api/v1/namespaces/a/pods/x/status', 'update', '', 'pods', 'a', 'x', 'status'],
    ['DELETE', '/api/v1/namespaces/a/pods', 'deletecollection', '', 'pods', 'a', '', ''],
    ['GET', '/api/v1/namespaces/a', 'get', '', 'namespaces', 'a', 'a', ''],
    ['PUT', '/api/v1/namespaces/a/finalize', 'update', '', 'namespaces', 'a', 'a', 'finalize'],
    ['GET', '/api/v1/watch/namespaces/a/pods/x', 'watch', '', 'pods', 'a', 'x', ''],
    ['GET', '/api/v1/namespaces/a/pods/x%2Fy', 'get', '', 'pods', 'a', 'x/y', ''],
  ])('%s %s', (method, target, verb, apiGroup, resource, namespace, name, subresource) => {
    expect(parseRequestInfo(method, target)).toMatchObject({
      isResourceRequest: true, verb, apiGroup, resource, namespace, name, subresource,
    }); // prettier-ignore
  });

  it('leaves everything else to the paths that are no resources, however broken', () => {
    for (const target of [
      '/',
      '/healthz',
      '/api',
      '/api/v1',
      '/apis/apps/v1',
      '/%zz',
      '',
      '?',
      '/api/v1/watch',
    ]) {
      expect(parseRequestInfo('GET', target)).toMatchObject({ isResourceRequest: false, verb: 'get' });
    }
  });
});

describe('negotiate', () => {
  const any = { transforms: true, yaml: true };

  it('takes the first the server can give', () => {
    expect(negotiate(undefined, any)).toEqual({ mediaType: 'application/json', transform: 'none' });
    expect(negotiate('application/json;as=Table;v=v1;g=meta.k8s.io,application/json', any).transform).toBe(
      'Table',
    );
    expect(negotiate('application/json;as=Table;v=v2;g=meta.k8s.io,application/json', any).transform).toBe(
      'none',
    );
    expect(negotiate('application/vnd.kubernetes.protobuf,application/json', any).mediaType).toBe(
      'application/json',
    );
    expect(negotiate('application/json;q=0.5, application/yaml', any).mediaType).toBe('application/yaml');
  });

  it('refuses what it cannot give', () => {
    expect(() => negotiate('text/html', any)).toThrow(
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
    expect(() => negotiate('application/yaml', { transforms: true, yaml: false })).toThrow(
      'only the following media types',
    );
  });

  it('prints prettily for people', () => {
    expect(wantsPretty(new URLSearchParams(), 'curl/8.0')).toBe(true);
    expect(wantsPretty(new URLSearchParams('pretty=false'), 'curl/8.0')).toBe(false);
    expect(wantsPretty(new URLSearchParams(), 'kubectl/v1.33')).toBe(false);
  });
});

describe('options', () => {
  it('of a write default to warnings and the client’s name', () => {
    expect(parseWriteOptions(new URLSearchParams(), 'CreateOptions', 'kubectl/v1.33.1 (linux/amd64)')).toEqual({
      dryRun: false, fieldValidation: 'Warn', fieldManager: 'kubectl', force: false,
    }); // prettier-ignore
    expect(() =>
      parseWriteOptions(new URLSearchParams('fieldValidation=Nosuch'), 'CreateOptions', ''),
    ).toThrow(
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Nosuch": supported values: "", "Ignore", "Strict", "Warn"',
    );
  });

  it('of a list are checked against one another', () => {
    expect(() => parseListRequest(new URLSearchParams('resourceVersionMatch=Exact'))).toThrow(
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
    expect(() => parseListRequest(new URLSearchParams('limit=x'))).toThrow(
      'strconv.ParseInt: parsing "x": invalid syntax',
    );
    expect(() => parseListRequest(new URLSearchParams('resourceVersion=-1'))).toThrow('invalid syntax');
  });
});
