import { expect, test } from 'vitest';
import { BRIDGE, newPluginHost, runPlugin } from './plugin-host.testing.ts';

// Expected texts are what the plugins of containernetworking/plugins 1.1.1 print for the same calls.

test.each<[string, string, string, unknown, Record<string, string>, number, string, string?]>([
  ['an unknown command', 'NOPE', 'bridge', BRIDGE, {}, 4, 'unknown CNI_COMMAND: NOPE'],
  [
    'no container',
    'ADD',
    'bridge',
    BRIDGE,
    { CNI_CONTAINERID: '' },
    4,
    'required env variables [CNI_CONTAINERID] missing',
  ],
  [
    'no namespace',
    'ADD',
    'bridge',
    BRIDGE,
    { CNI_NETNS: '' },
    4,
    'required env variables [CNI_NETNS] missing',
  ],
  [
    'a strange container',
    'ADD',
    'bridge',
    BRIDGE,
    { CNI_CONTAINERID: 'a/b' },
    4,
    'invalid characters in containerID',
    'a/b',
  ],
  ['no JSON', 'ADD', 'bridge', '{', {}, 6, 'error unmarshall network config: unexpected end of JSON input'],
  ['no name', 'ADD', 'bridge', { cniVersion: '1.0.0', type: 'bridge' }, {}, 7, 'missing network name'],
  [
    'a strange name',
    'ADD',
    'bridge',
    { cniVersion: '1.0.0', name: '!x' },
    {},
    7,
    'invalid characters found in network name',
    '!x',
  ],
  [
    'a version of tomorrow',
    'ADD',
    'bridge',
    { cniVersion: '9.9.9', name: 'x' },
    {},
    1,
    'incompatible CNI versions',
    'config is "9.9.9", plugin supports ["0.1.0" "0.2.0" "0.3.0" "0.3.1" "0.4.0" "1.0.0" "1.1.0"]',
  ],
  [
    'a namespace that is gone',
    'ADD',
    'bridge',
    BRIDGE,
    { CNI_NETNS: '/run/netns/nope' },
    999,
    'failed to open netns "/run/netns/nope": failed to Statfs "/run/netns/nope": no such file or directory',
  ],
  [
    'both modes',
    'ADD',
    'bridge',
    { ...BRIDGE, promiscMode: true },
    {},
    999,
    'cannot set hairpin mode and promiscuous mode at the same time.',
  ],
  [
    'CHECK without a result',
    'CHECK',
    'bridge',
    { ...BRIDGE, ipam: {} },
    {},
    999,
    'Required prevResult missing',
  ],
  [
    'no range',
    'ADD',
    'host-local',
    { ...BRIDGE, ipam: { type: 'host-local' } },
    {},
    999,
    'no IP ranges specified',
  ],
  [
    'a bad range',
    'ADD',
    'host-local',
    { ...BRIDGE, ipam: { subnet: 'bad' } },
    {},
    999,
    'invalid CIDR address: bad',
  ],
  [
    'a tiny range',
    'ADD',
    'host-local',
    { ...BRIDGE, ipam: { subnet: '10.1.1.0/31' } },
    {},
    999,
    'invalid range set 0: Network 10.1.1.0/31 too small to allocate from',
  ],
  [
    'an address for a range',
    'ADD',
    'host-local',
    { ...BRIDGE, ipam: { subnet: '10.1.1.5/24' } },
    {},
    999,
    'invalid range set 0: Network has host bits set. For a subnet mask of length 24 the network address is 10.1.1.0',
  ],
  [
    'an unknown container',
    'CHECK',
    'host-local',
    BRIDGE,
    {},
    999,
    'host-local: Failed to find address added by container abc1',
  ],
  [
    'portmap alone',
    'ADD',
    'portmap',
    { ...BRIDGE, runtimeConfig: { portMappings: [{ hostPort: 1, containerPort: 1, protocol: 'tcp' }] } },
    {},
    999,
    'must be called as chained plugin',
  ],
  [
    'port 0',
    'ADD',
    'portmap',
    { ...BRIDGE, runtimeConfig: { portMappings: [{ hostPort: 0, containerPort: 80, protocol: 'tcp' }] } },
    {},
    999,
    'failed to parse config: Invalid host port number: 0',
  ],
  [
    'loopback in nothing',
    'ADD',
    'loopback',
    { cniVersion: '1.0.0', name: 'lo' },
    { CNI_NETNS: '/run/netns/nope' },
    999,
    'failed to Statfs "/run/netns/nope": no such file or directory',
  ],
  [
    'loopback that is down',
    'CHECK',
    'loopback',
    { cniVersion: '1.0.0', name: 'lo' },
    {},
    999,
    'loopback interface is down',
  ],
  ['STATUS before its time', 'STATUS', 'bridge', BRIDGE, {}, 1, 'config version does not allow STATUS'],
])('an error object for %s', (_, command, plugin, conf, env, code, msg, details) => {
  const body = { code, msg, ...(details === undefined ? {} : { details }) };
  expect(runPlugin(newPluginHost(), command, plugin, conf, env)).toBe(`${JSON.stringify(body, null, 4)}rc=1`);
});

test('VERSION and loopback', () => {
  const host = newPluginHost();
  expect(runPlugin(host, 'VERSION', 'bridge', { cniVersion: '1.0.0' })).toBe(
    '{"cniVersion":"1.0.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}\nrc=0',
  );
  expect(
    JSON.parse(runPlugin(host, 'ADD', 'loopback', { cniVersion: '1.0.0', name: 'lo' }).replace('rc=0', '')),
  ).toEqual({
    cniVersion: '1.0.0',
    interfaces: [{ name: 'lo', mac: '00:00:00:00:00:00', sandbox: '/run/netns/p1' }],
    ips: [{ interface: 0, address: '127.0.0.1/8' }],
    dns: {},
  });
  expect(runPlugin(host, 'CHECK', 'loopback', { cniVersion: '1.0.0', name: 'lo' })).toBe('rc=0');
});
