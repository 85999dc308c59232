import { describe, expect, it } from 'vitest';
import { haproxyConfig, parseHaproxyConfig } from './haproxy-config.ts';

const SERVERS = [
  { name: 'cp-1', host: '10.0.0.10', port: 6443 },
  { name: 'cp-2', host: '10.0.0.11', port: 6443 },
];

describe('parseHaproxyConfig', () => {
  it('reads what is written for kubeadm', () => {
    expect(parseHaproxyConfig(haproxyConfig(SERVERS, 8443))).toEqual({
      port: 8443,
      servers: SERVERS,
      checkPath: '/readyz',
      interval: 5000,
      fall: 2,
      rise: 1,
    });
  });

  it("takes haproxy's own defaults for what is not said", () => {
    const text = 'frontend f\n  bind 10.0.0.5:443\nbackend b\n  server a 10.0.0.10:6443 check\n';
    expect(parseHaproxyConfig(text)).toEqual({
      port: 443,
      servers: [{ name: 'a', host: '10.0.0.10', port: 6443 }],
      checkPath: '/',
      interval: 2000,
      fall: 3,
      rise: 2,
    });
  });

  it('reads times in milliseconds, and leaves comments alone', () => {
    const text = 'bind *:1\n# server x 1.1.1.1:1\ndefault-server inter 500ms rise 4 fall 9\nserver a h:2\n';
    expect(parseHaproxyConfig(text)).toMatchObject({
      interval: 500,
      rise: 4,
      fall: 9,
      servers: [{ name: 'a', host: 'h', port: 2 }],
    });
  });

  it.each([
    ['', "frontend has no 'bind *:PORT'"],
    ['bind *:0\nserver a h:1', "frontend has no 'bind *:PORT'"],
    ['bind *:70000\nserver a h:1', "frontend has no 'bind *:PORT'"],
    ['bind *:443\nserver a', 'backend has no server'],
  ])('complains about %j', (text, complaint) => {
    expect(parseHaproxyConfig(text)).toBe(`[ALERT] config : /etc/haproxy/haproxy.cfg: ${complaint}`);
  });
});
