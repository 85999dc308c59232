import { describe, expect, it } from 'vitest';
import { authorizerVariable } from './authorizer.ts';
import type { AuthorizationQuestion } from './authorizer.ts';
import { compileCel } from './expression.ts';
import { toCel } from './values.ts';

const run = (source: string): unknown => {
  const outcome = compileCel(source, [])({});
  return 'error' in outcome ? outcome.error : outcome.value;
};

describe('the Kubernetes libraries of CEL', () => {
  it.each([
    ['quantity("1Gi") == quantity("1024Mi") && quantity("1500m").add(1).sub(quantity("500m")) == quantity("2")', true],
    ['quantity("50k").isGreaterThan(quantity("10k")) && quantity("-1").sign() == -1', true],
    ['quantity("1").compareTo(quantity("2"))', -1],
    ['quantity("50m").isInteger() || isQuantity("10 Gi")', false],
    ['quantity("1.5k").asInteger()', 1500],
    ['quantity("1500m").asApproximateFloat()', 1.5],
    ['quantity("0.5").asInteger()', 'cannot convert value to integer'],
    ['quantity("lots")', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['url("https://user@example.com:80/a%20b?k=1&k=2&l=3").getHost()', 'example.com:80'],
    ['url("https://[::1]:80/x").getHostname() + "|" + url("https://[::1]:80/x").getPort()', '::1|80'],
    ['url("https://h/a%20b?x").getEscapedPath() + url("HTTPS://h").getScheme()', '/a%20bhttps'],
    ['url("https://h/?k=1&k=2&l=3").getQuery() == {"k": ["1", "2"], "l": ["3"]}', true],
    ['isURL("/absolute") && !isURL("relative") && !isURL("https://a b/") && !isURL("")', true],
    ['url("../x")', 'URL parse error during conversion from string: parse "../x": invalid URI for request'],
    ['ip("192.168.0.1").family() + ip("2001:db8::abcd").family()', 10],
    ['string(ip("2001:DB8:0:0:0:0:0:ABCD")) + " " + string(ip("::")) + " " + string(ip("1:0:0:2:0:0:0:3"))', '2001:db8::abcd :: 1:0:0:2::3'],
    ['ip.isCanonical("2001:db8::abcd") && !ip.isCanonical("2001:DB8::ABCD")', true],
    ['isIP("1.2.3.4") && !isIP("1.2.3.04") && !isIP("fe80::1%eth0") && !isIP("::ffff:1.2.3.4") && !isIP("x")', true],
    ['ip("127.0.0.1").isLoopback() && ip("::").isUnspecified() && ip("fe80::1").isLinkLocalUnicast() && ip("224.0.0.1").isLinkLocalMulticast()', true],
    ['ip("192.168.0.1").isGlobalUnicast() && !ip("255.255.255.255").isGlobalUnicast()', true],
    ['cidr("192.168.0.0/24").containsIP("192.168.0.9") && !cidr("192.168.0.0/24").containsIP(ip("192.168.1.9"))', true],
    ['cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !cidr("10.1.0.0/16").containsCIDR(cidr("10.0.0.0/8"))', true],
    ['string(cidr("192.168.1.7/24").masked()) + " " + string(cidr("2001:db8::1/32").ip()) + " " + string(cidr("10.0.0.0/8").prefixLength())', '192.168.1.0/24 2001:db8::1 8'],
    ['isCIDR("10.0.0.0/33") || isCIDR("10.0.0.0")', false],
    ['sets.contains([1, 2, 3], [2]) && sets.equivalent([1, 1, 2], [2, 1]) && !sets.intersects(["a"], ["b"])', true],
    ['"text".family()', 'no such overload'],
    ['ip("1.2.3.4").isInteger()', 'no such overload'],
  ])('%s', (source, result) => {
    expect(run(source)).toEqual(result);
  }); // prettier-ignore

  it('counts what comparing sets costs', () => {
    const list = `[${Array.from({ length: 1_500 }, (_, index) => index).join()}]`;
    expect(run(`sets.equivalent(${list}, ${list})`)).toBe('operation cancelled: actual cost limit exceeded');
  });
});

describe('authorizer', () => {
  const asked: Partial<AuthorizationQuestion>[] = [];
  const check = (source: string): unknown => {
    const authorizer = toCel(
      authorizerVariable({ group: 'apps', resource: 'deployments', namespace: 'a', name: 'web' }),
    );
    const outcome = compileCel(source, ['authorizer'])({ authorizer }, undefined, (question) => {
      asked.push(question);
      return { allowed: question.verb === 'get', reason: 'because', error: '' };
    });
    return 'error' in outcome ? outcome.error : outcome.value;
  };

  it('asks what the expression spells out', () => {
    const pods = "authorizer.group('').resource('pods').namespace('default')";
    expect(check(`${pods}.check('get').allowed() && !${pods}.subresource('log').name('x').check('create').allowed()`)).toBe(true);
    expect(check("authorizer.path('/healthz').check('get').reason()")).toBe('because');
    expect(check("authorizer.serviceAccount('n', 's').group('apps').resource('deployments').check('get').errored()")).toBe(false);
    expect(check("authorizer.requestResource.check('get').allowed()")).toBe(true);
    expect(asked.map(({ verb, ...more }) => [verb, ...Object.values(more).filter((text) => text !== '')].join(' '))).toEqual([
      'get pods default',
      'create pods log default x',
      'get /healthz',
      'get system:serviceaccount:n:s apps deployments',
      'get apps deployments a web',
    ]);
  }); // prettier-ignore

  it('refuses what is empty, asks only so often, and is not there for everybody', () => {
    expect(check("authorizer.path(' ').check('get').allowed()")).toBe('path must not be empty');
    expect(check("authorizer.group('').resource('').check('get').allowed()")).toBe(
      'resource must not be empty',
    );
    expect(check("[1,2,3,4].all(x, authorizer.path('/' + string(x)).check('get').allowed())")).toBe(
      'operation cancelled: actual cost limit exceeded',
    );
    expect(() => compileCel('authorizer.path("/").check("get").allowed()', ['object'])).toThrow(
      "undeclared reference to 'authorizer'",
    );
  });
});
