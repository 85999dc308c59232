import { describe, expect, it } from 'vitest';
import type { Container, Pod, Service } from '../api/types.ts';
import { ContainerEnvironment } from './container-environment.ts';
import { ContainerConfigError } from './referenced-objects.ts';
import type { ReferencedObjects } from './referenced-objects.ts';
import { serviceEnvironment } from './service-environment.ts';

function service(namespace: string, name: string, clusterIP: string, ...ports: object[]): Service {
  return { metadata: { namespace, name }, spec: { clusterIP, ports } } as Service;
}

const KUBERNETES = service('default', 'kubernetes', '10.96.0.1', { name: 'https', port: 443 });
const SERVICES = [
  service('shop', 'my-db', '10.96.7.7', { port: 5432, protocol: 'TCP' }, { name: 'stats-x', port: 53, protocol: 'UDP' }),
  service('shop', 'headless', 'None', { port: 80 }),
  service('other', 'web', '10.96.8.8', { port: 80 }),
  KUBERNETES,
]; // prettier-ignore

const MASTER = {
  KUBERNETES_SERVICE_HOST: '10.96.0.1',
  KUBERNETES_SERVICE_PORT: '443',
  KUBERNETES_SERVICE_PORT_HTTPS: '443',
  KUBERNETES_PORT: 'tcp://10.96.0.1:443',
  KUBERNETES_PORT_443_TCP: 'tcp://10.96.0.1:443',
  KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
  KUBERNETES_PORT_443_TCP_PORT: '443',
  KUBERNETES_PORT_443_TCP_ADDR: '10.96.0.1',
};

describe('serviceEnvironment', () => {
  it('tells of the API server and of the Services of the namespace', () => {
    expect(Object.fromEntries(serviceEnvironment(SERVICES, 'shop', true))).toEqual({
      ...MASTER,
      MY_DB_SERVICE_HOST: '10.96.7.7',
      MY_DB_SERVICE_PORT: '5432',
      MY_DB_SERVICE_PORT_STATS_X: '53',
      MY_DB_PORT: 'tcp://10.96.7.7:5432',
      MY_DB_PORT_5432_TCP: 'tcp://10.96.7.7:5432',
      MY_DB_PORT_5432_TCP_PROTO: 'tcp',
      MY_DB_PORT_5432_TCP_PORT: '5432',
      MY_DB_PORT_5432_TCP_ADDR: '10.96.7.7',
      MY_DB_PORT_53_UDP: 'udp://10.96.7.7:53',
      MY_DB_PORT_53_UDP_PROTO: 'udp',
      MY_DB_PORT_53_UDP_PORT: '53',
      MY_DB_PORT_53_UDP_ADDR: '10.96.7.7',
    });
  });

  it('tells of the API server alone without links, and prefers a Service of that name in the namespace', () => {
    expect(Object.fromEntries(serviceEnvironment(SERVICES, 'shop', false))).toEqual(MASTER);
    const own = service('shop', 'kubernetes', '10.96.9.9', { port: 1 });
    for (const all of [
      [own, KUBERNETES],
      [KUBERNETES, own],
    ])
      expect(serviceEnvironment(all, 'shop', true).get('KUBERNETES_SERVICE_HOST')).toBe('10.96.9.9');
  });
});

describe('ContainerEnvironment', () => {
  const objects = { data: async () => ({ color: 'green' }) } as unknown as ReferencedObjects;
  const pod = {
    metadata: { name: 'p', namespace: 'shop', uid: 'u' },
    spec: { containers: [], nodeName: 'n1' },
  } as unknown as Pod;
  const container = {
    name: 'c',
    resources: { requests: { cpu: '250m' }, limits: { memory: '64Mi' } },
    envFrom: [{ prefix: 'CONF_', configMapRef: { name: 'conf' } }],
    env: [
      { name: 'API', value: 'https://$(KUBERNETES_SERVICE_HOST) $(MISSING) $$(X)' },
      { name: 'KUBERNETES_SERVICE_PORT', value: 'mine' },
      { name: 'PORT', value: '$(KUBERNETES_SERVICE_PORT)' },
      { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'REQUEST', valueFrom: { resourceFieldRef: { resource: 'requests.cpu', divisor: '1m' } } },
      { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
    ],
  } as Container;
  const facts = { podIp: '10.244.0.5', hostIp: '10.0.0.21' };

  it('has envFrom, then env in its order, then Services that nobody overrode', async () => {
    const environment = new ContainerEnvironment(objects, () => SERVICES, () => ({ cpu: '4' })); // prettier-ignore
    const values = await environment.resolve(pod, container, facts);
    expect(values.map(({ key, value }) => `${key}=${value}`).slice(0, 9)).toEqual([
      'CONF_color=green',
      'API=https://10.96.0.1 $(MISSING) $(X)',
      'KUBERNETES_SERVICE_PORT=mine',
      'PORT=mine',
      'NODE=n1',
      'CPU=4',
      'REQUEST=250',
      'MEMORY=64',
      'KUBERNETES_SERVICE_HOST=10.96.0.1',
    ]);
    expect(values.filter(({ key }) => key === 'KUBERNETES_SERVICE_PORT')).toHaveLength(1);
  });

  it('waits for the first list of Services', async () => {
    const environment = new ContainerEnvironment(objects, () => undefined, () => ({})); // prettier-ignore
    await expect(environment.resolve(pod, container, facts)).rejects.toThrow(
      new ContainerConfigError('services have not yet been read at least once, cannot construct envvars'),
    );
  });
});
