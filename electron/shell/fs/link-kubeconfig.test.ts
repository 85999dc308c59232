import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import nodePath from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linkKubeconfig } from './link-kubeconfig.ts';

let root: string;
let host: string;
const own = (): string => readFileSync(nodePath.join(root, 'home/learner/.kube/config'), 'utf8');
const text = (port: number): string =>
  `clusters:\n- cluster:\n    server: https://127.0.0.1:${String(port)}\n  name: leme\n`;

beforeEach(() => {
  root = mkdtempSync(nodePath.join(tmpdir(), 'leme-kubeconfig-'));
  host = nodePath.join(root, 'host-kubeconfig');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('copies what the host wrote and follows it while it is untouched', () => {
  writeFileSync(host, text(6443));
  expect(linkKubeconfig(root, { KUBECONFIG: host, A: '1' })).toEqual({ A: '1' });
  expect(own()).toBe(text(6443));
  writeFileSync(host, text(6444));
  linkKubeconfig(root, { KUBECONFIG: host });
  expect(own()).toBe(text(6444));
});

it('keeps what the person changed, but follows the address', () => {
  writeFileSync(host, text(6443));
  linkKubeconfig(root, { KUBECONFIG: host });
  writeFileSync(nodePath.join(root, 'home/learner/.kube/config'), `${text(6443)}current-context: mine\n`);
  writeFileSync(host, text(7000));
  linkKubeconfig(root, { KUBECONFIG: host });
  expect(own()).toBe(`${text(7000)}current-context: mine\n`);
});

it('leaves the environment alone when the host wrote none', () => {
  expect(linkKubeconfig(root, { KUBECONFIG: host })).toEqual({ KUBECONFIG: host });
});
