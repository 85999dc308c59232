import { expect, test } from 'vitest';
import { cidr } from '../ip/cidr.ts';
import { ipv4 } from '../ip/ipv4.ts';
import { LOCAL_TABLE } from '../namespace/interface.ts';
import { TwoNodes } from '../walk/two-nodes.testing.ts';
import { bridgeFdb, bridgeLink } from './bridge.ts';
import { ipAddress, ipAddressBrief } from './ip-address.ts';
import { ipLink, ipLinkBrief } from './ip-link.ts';
import { ipNeighbour } from './ip-neighbour.ts';
import { ipRoute, ipRouteGet } from './ip-route.ts';
import { ipRule } from './ip-rule.ts';

// Texts of iproute2 6.1 on a machine set up like this one, without IPv6; only the uplink differs, which was a veth there.

test('ip addr', () => {
  const { n1, p1 } = new TwoNodes();
  expect(ipAddress(n1))
    .toBe(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet 169.254.20.10/32 scope global lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000
    link/ether 02:00:0a:00:0a:0b brd ff:ff:ff:ff:ff:ff
    inet 10.0.10.11/24 scope global eth0
       valid_lft forever preferred_lft forever
3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN group default qlen 1000
    link/ether 02:00:0a:f4:00:00 brd ff:ff:ff:ff:ff:ff
    inet 10.244.0.0/32 scope global flannel.1
       valid_lft forever preferred_lft forever
4: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP group default qlen 1000
    link/ether 02:00:0a:f4:00:01 brd ff:ff:ff:ff:ff:ff
    inet 10.244.0.1/24 brd 10.244.0.255 scope global cni0
       valid_lft forever preferred_lft forever
5: vethp1@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP group default qlen 1000
    link/ether 02:00:0a:f4:00:f2 brd ff:ff:ff:ff:ff:ff link-netns p1
6: vethp2@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP group default qlen 1000
    link/ether 02:00:0a:f4:00:f3 brd ff:ff:ff:ff:ff:ff link-netns p2
`);
  expect(ipAddress(p1, { onlyIpv4: true, dev: 'eth0' })).toBe(
    `2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP group default qlen 1000 link-netnsid 0
    inet 10.244.0.2/24 brd 10.244.0.255 scope global eth0
       valid_lft forever preferred_lft forever
`,
  );
  expect(ipAddressBrief(p1)).toBe(`lo               UNKNOWN        127.0.0.1/8 
eth0@if5         UP             10.244.0.2/24 
`);
  expect(() => ipAddress(n1, { dev: 'nope' })).toThrow('Device "nope" does not exist.');
});

test('ip link, also of one that is down or without a cable', () => {
  const { n1, p1, segment } = new TwoNodes();
  expect(ipLink(p1))
    .toBe(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:0a:f4:00:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0
`);
  expect(ipLinkBrief(p1)).toBe(`lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> 
eth0@if5         UP             02:00:0a:f4:00:02 <BROADCAST,MULTICAST,UP,LOWER_UP> 
`);
  const { device } = n1.link('eth0');
  if (device.kind !== 'uplink' || device.port === undefined) throw new Error('no uplink');
  segment.setPlugged(device.port, false);
  expect(ipLink(n1, { dev: 'eth0' })).toBe(
    `2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc fq_codel state DOWN mode DEFAULT group default qlen 1000
    link/ether 02:00:0a:00:0a:0b brd ff:ff:ff:ff:ff:ff
`,
  );
  expect(ipRoute(n1).split('\n')[1]).toBe(
    '10.0.10.0/24 dev eth0 proto kernel scope link src 10.0.10.11 linkdown ',
  );
  n1.setUp('eth0', false);
  expect(ipLink(n1, { dev: 'eth0' }).split('\n')[0]).toBe(
    '2: eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc fq_codel state DOWN mode DEFAULT group default qlen 1000',
  );
});

test('ip route: routes of an interface go when it goes down, and only those of its addresses come back', () => {
  const { n1, p1 } = new TwoNodes();
  expect(ipRoute(n1)).toBe(`default via 10.0.10.1 dev eth0 
10.0.10.0/24 dev eth0 proto kernel scope link src 10.0.10.11 
10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1 
10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink 
`);
  expect(ipRoute(p1)).toBe(`default via 10.244.0.1 dev eth0 
10.244.0.0/24 dev eth0 proto kernel scope link src 10.244.0.2 
10.244.0.0/16 via 10.244.0.1 dev eth0 
`);
  expect(ipRoute(n1, LOCAL_TABLE)).toBe(
    `local 10.0.10.11 dev eth0 proto kernel scope host src 10.0.10.11 
broadcast 10.0.10.255 dev eth0 proto kernel scope link src 10.0.10.11 
local 10.244.0.0 dev flannel.1 proto kernel scope host src 10.244.0.0 
local 10.244.0.1 dev cni0 proto kernel scope host src 10.244.0.1 
broadcast 10.244.0.255 dev cni0 proto kernel scope link src 10.244.0.1 
local 127.0.0.0/8 dev lo proto kernel scope host src 127.0.0.1 
local 127.0.0.1 dev lo proto kernel scope host src 127.0.0.1 
broadcast 127.255.255.255 dev lo proto kernel scope link src 127.0.0.1 
local 169.254.20.10 dev lo proto kernel scope host src 169.254.20.10 
`.replaceAll('table local ', ''),
  );
  expect(ipRoute(p1, 'all')).toBe(`default via 10.244.0.1 dev eth0 
10.244.0.0/24 dev eth0 proto kernel scope link src 10.244.0.2 
10.244.0.0/16 via 10.244.0.1 dev eth0 
local 10.244.0.2 dev eth0 table local proto kernel scope host src 10.244.0.2 
broadcast 10.244.0.255 dev eth0 table local proto kernel scope link src 10.244.0.2 
local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1 
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1 
broadcast 127.255.255.255 dev lo table local proto kernel scope link src 127.0.0.1 
`);
  n1.setUp('eth0', false);
  const left = `10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1 
10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink 
`;
  expect(ipRoute(n1)).toBe(left);
  n1.setUp('eth0', true);
  expect(ipRoute(n1)).toBe(`10.0.10.0/24 dev eth0 proto kernel scope link src 10.0.10.11 \n${left}`);
});

test('ip route get', () => {
  const { n1, p1 } = new TwoNodes();
  const get = (text: string): string => ipRouteGet(n1, ipv4(text));
  expect(get('10.244.1.2')).toBe(
    '10.244.1.2 via 10.244.1.0 dev flannel.1 src 10.244.0.0 uid 0 \n    cache \n',
  );
  expect(get('10.244.0.2')).toBe('10.244.0.2 dev cni0 src 10.244.0.1 uid 0 \n    cache \n');
  expect(ipRouteGet(p1, ipv4('8.8.8.8'))).toBe(
    '8.8.8.8 via 10.244.0.1 dev eth0 src 10.244.0.2 uid 0 \n    cache \n',
  );
  expect(ipRouteGet(p1, ipv4('10.244.0.2'))).toBe(
    'local 10.244.0.2 dev lo src 10.244.0.2 uid 0 \n    cache <local> \n',
  );
  expect(ipRouteGet(p1, ipv4('127.0.0.1'))).toBe(
    'local 127.0.0.1 dev lo src 127.0.0.1 uid 0 \n    cache <local> \n',
  );
  expect(ipRouteGet(n1, ipv4('10.244.0.2'), { from: ipv4('10.244.1.2'), iif: 'flannel.1' })).toBe(
    '10.244.0.2 from 10.244.1.2 dev cni0 \n    cache iif flannel.1 \n',
  );
  n1.deleteRoute(cidr('0.0.0.0/0'));
  expect(() => get('8.8.8.8')).toThrow('RTNETLINK answers: Network is unreachable');
});

test('ip neigh and bridge fdb show what traffic left behind', () => {
  const { n1, p1, plane, clock } = new TwoNodes();
  plane.ping(p1, ipv4('10.244.1.2'));
  plane.ping(p1, ipv4('10.244.0.3'));
  plane.ping(p1, ipv4('10.244.0.99'));
  expect(ipNeighbour(p1, clock.now)).toBe(`10.244.0.1 dev eth0 lladdr 02:00:0a:f4:00:01 REACHABLE 
10.244.0.3 dev eth0 lladdr 02:00:0a:f4:00:03 REACHABLE 
10.244.0.99 dev eth0 FAILED 
`);
  expect(ipNeighbour(n1, clock.now, 'flannel.1')).toBe('10.244.1.0 lladdr 02:00:0a:f4:01:00 PERMANENT \n');
  expect(bridgeFdb(n1, clock.now)).toBe(`02:00:0a:f4:01:00 dev flannel.1 dst 10.0.10.12 self permanent
02:00:0a:f4:00:01 dev cni0 master cni0 permanent
02:00:0a:f4:00:f2 dev vethp1 master cni0 permanent
02:00:0a:f4:00:02 dev vethp1 master cni0 
02:00:0a:f4:00:f3 dev vethp2 master cni0 permanent
02:00:0a:f4:00:03 dev vethp2 master cni0 
`);
  expect(bridgeFdb(n1, clock.now, 'flannel.1')).toBe('02:00:0a:f4:01:00 dst 10.0.10.12 self permanent\n');
  expect(bridgeLink(n1))
    .toBe(`5: vethp1@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 master cni0 state forwarding priority 32 cost 2 
6: vethp2@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 master cni0 state forwarding priority 32 cost 2 
`);
  clock.now += 301_000;
  expect(ipNeighbour(p1, clock.now).split('\n')[0]).toBe(
    '10.244.0.1 dev eth0 lladdr 02:00:0a:f4:00:01 STALE ',
  );
  expect(bridgeFdb(n1, clock.now)).not.toContain('02:00:0a:f4:00:02');
});

test('ip rule', () => {
  const { n1 } = new TwoNodes();
  n1.addRule({ priority: 1000, from: cidr('10.0.32.5/32'), table: 100 });
  n1.addRule({ priority: 900, fwmark: { value: 0x4000, mask: 0x4000 }, table: 101 });
  expect(ipRule(n1)).toBe(`0:\tfrom all lookup local
900:\tfrom all fwmark 0x4000/0x4000 lookup 101
1000:\tfrom 10.0.32.5 lookup 100
32766:\tfrom all lookup main
32767:\tfrom all lookup default
`);
});

test('what rtnetlink refuses', () => {
  const { n1 } = new TwoNodes();
  const route = { destination: cidr('1.2.3.0/24') };
  expect(() => n1.addRoute({ ...route, dev: 'nope' })).toThrow('Cannot find device "nope"');
  expect(() => n1.addRoute({ ...route, via: ipv4('9.9.9.9') })).toThrow(
    'Error: Nexthop has invalid gateway.',
  );
  expect(() => n1.addRoute({ destination: cidr('10.0.10.0/24'), dev: 'eth0' })).toThrow(
    'RTNETLINK answers: File exists',
  );
  expect(() => n1.addAddress('eth0', { ip: ipv4('10.0.10.11'), bits: 24 })).toThrow(
    'Error: ipv4: Address already assigned.',
  );
  expect(() => n1.deleteRoute(cidr('99.0.0.0/8'))).toThrow('RTNETLINK answers: No such process');
  expect(() => n1.addRoute(route)).toThrow('RTNETLINK answers: No such device');
});
