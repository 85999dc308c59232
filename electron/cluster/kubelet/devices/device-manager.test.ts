import { beforeEach, describe, expect, it } from 'vitest';
import type { Node } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { KubeletHarness } from '../kubelet.testing.ts';

const FOLDER = '/var/lib/kubelet/device-plugins';
const PLUGIN = {
  containers: [
    {
      name: 'plugin',
      image: 'registry.k8s.io/e2e-test-images/sample-device-plugin:1.7',
      env: [{ name: 'PLUGIN_SOCK_DIR', value: FOLDER }],
      volumeMounts: [{ name: 'device-plugin', mountPath: FOLDER }],
    },
  ],
  volumes: [{ name: 'device-plugin', hostPath: { path: FOLDER } }],
};
const user = (count: string): Parameters<KubeletHarness['createPod']>[1] => ({
  restartPolicy: 'Always',
  containers: [
    { name: 'main', image: 'nginx:1.25', resources: { limits: { 'example.com/resource': count } } },
  ],
});

let node: KubeletHarness;
const resourceOf = (): readonly (string | undefined)[] => {
  const status = node.api.find<Node>(resourceTypes.nodes, 'worker-1')?.status;
  return [status?.capacity?.['example.com/resource'], status?.allocatable?.['example.com/resource']];
};

beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
  node.createPod('plugin', PLUGIN);
  await node.test.run(20_000);
});

describe('device plugins', () => {
  it('say what a node has, and give it to Pods', async () => {
    expect(resourceOf()).toEqual(['2', '2']);
    node.createPod('user', user('1'));
    await node.test.run(10_000);
    expect(node.state('user')).toBe('Running');
    const [container] = [...node.runtime.store.containers.values()].filter(
      ({ config }) => config.metadata.name === 'main',
    );
    expect(container?.config.mounts).toContainEqual({
      containerPath: '/tmp/Dev-1',
      hostPath: '/tmp/Dev-1',
      readonly: false,
    });
    const { Data: data } = JSON.parse(node.machine.files.read(`${FOLDER}/kubelet_internal_checkpoint`));
    expect(data).toMatchObject({
      PodDeviceEntries: [
        {
          PodUID: 'uid-of-user',
          ContainerName: 'main',
          ResourceName: 'example.com/resource',
          DeviceIDs: { '-1': ['Dev-1'] },
        },
      ],
      RegisteredDevices: { 'example.com/resource': ['Dev-1', 'Dev-2'] },
    });
  });

  it('have no more to give than there is', async () => {
    node.createPod('first', user('2'));
    await node.test.run(5_000);
    node.createPod('second', user('1'));
    await node.test.run(5_000);
    const message =
      'Allocate failed due to requested number of devices unavailable for example.com/resource. Requested: 1, Available: 0, which is unexpected';
    expect(node.pod('second')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'UnexpectedAdmissionError',
      message: `Pod was rejected: ${message}`,
    });
    expect(node.api.events()).toContain(`Warning UnexpectedAdmissionError ${message}`);
  });

  it('give again what a Pod that has ended had', async () => {
    node.createPod('first', user('2'));
    await node.test.run(5_000);
    node.markDeleted('first', 1);
    await node.test.run(10_000);
    node.createPod('second', user('2'));
    await node.test.run(5_000);
    expect(node.state('second')).toBe('Running');
  });

  it('tell of a device that is sick', async () => {
    node.machine.files.write(`${FOLDER}/unhealthy/Dev-2`, '');
    await node.test.run(15_000);
    expect(resourceOf()).toEqual(['2', '1']);
    node.machine.files.remove(`${FOLDER}/unhealthy/Dev-2`);
    await node.test.run(15_000);
    expect(resourceOf()).toEqual(['2', '2']);
  });

  it('take their devices with them when they go, and the resource after five minutes', async () => {
    node.markDeleted('plugin', 1);
    await node.test.run(15_000);
    expect(resourceOf()).toEqual(['2', '0']);
    node.createPod('late', user('1'));
    await node.test.run(5_000);
    expect(node.pod('late')?.status?.message).toBe(
      'Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices example.com/resource, which is unexpected',
    );
    await node.test.run(310_000);
    expect(resourceOf()).toEqual(['0', '0']);
  });

  it('register again with a kubelet that has begun anew, which remembers who has what', async () => {
    node.createPod('user', user('2'));
    await node.test.run(5_000);
    node.kubelet?.kill('SIGKILL');
    await node.test.run(1_000);
    await node.start(false, 20_000);
    expect(resourceOf()).toEqual(['2', '2']);
    expect(node.pod('user')?.status?.phase).toBe('Running');
    node.createPod('second', user('1'));
    await node.test.run(5_000);
    expect(node.pod('second')?.status?.reason).toBe('UnexpectedAdmissionError');
  });

  it('begin with nothing given away when the checkpoint is broken', async () => {
    node.kubelet?.kill('SIGKILL');
    await node.test.run(1_000);
    node.machine.files.write(`${FOLDER}/kubelet_internal_checkpoint`, '{"Data":{},"Checksum":1}');
    await node.start(false, 20_000);
    expect(resourceOf()).toEqual(['2', '2']);
  });

  it('are refused when they ask for what the kubelet does not speak, or for a resource that is none', async () => {
    const { DevicePluginClient } = await import('../../device-plugins/device-plugin-client.ts');
    const register = async (version: string, resourceName: string): Promise<string> => {
      let said = '';
      node.machine.spawn({
        name: 'odd',
        argv: ['odd'],
        program: async ({ net, machine }) => {
          const client = await DevicePluginClient.dial(net, machine.name, `${FOLDER}/kubelet.sock`);
          const options = { preStartRequired: false, getPreferredAllocationAvailable: false };
          try {
            await client.call('Register', { version, endpoint: 'odd.sock', resourceName, options });
          } catch (error) {
            said = error instanceof Error ? error.message : '';
          }
          return 0;
        },
      });
      await node.test.run(1_000);
      return said;
    };
    expect(await register('v1alpha1', 'example.com/odd')).toBe(
      'rpc error: code = Unknown desc = requested API version "v1alpha1" is not supported by kubelet. Supported version is ["v1beta1"]',
    );
    expect(await register('v1beta1', 'cpu')).toBe(
      'rpc error: code = Unknown desc = the ResourceName "cpu" is invalid',
    );
    expect(await register('v1beta1', 'example.com/odd')).toMatch(
      /^rpc error: code = Unknown desc = rpc error: code = Unavailable desc = failed to dial device plugin/,
    );
  });
});
