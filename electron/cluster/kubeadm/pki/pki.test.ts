import { X509Certificate, createPrivateKey } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { Simulation } from '../../../base/simulation.ts';
import { alternativeNames, subjectName } from '../../../base/x509/names.ts';
import { readClientConfig } from '../../client/kubeconfig.ts';
import { volatileStore } from '../../machine/local-state.ts';
import { SimulatedMachine } from '../../machine/machine.ts';
import { SimulatedNetwork } from '../../network/network.ts';
import { execOnMachine } from '../../node-shell/exec-on-machine.ts';
import type { TopologyMachine } from '../../topology/interface.ts';
import { buildTopology } from '../../topology/topologies.ts';
import { writeKubeConfigs } from '../kubeconfigs.ts';
import { completePki } from './complete-pki.ts';
import { DAY, issue, issueAuthority, PURPOSE, YEAR } from './issue.ts';
import { SigningAuthority } from '../../../base/x509/authority.ts';

const PKI = '/etc/kubernetes/pki';
let simulation: Simulation;
let machine: SimulatedMachine;
/** When the cluster was installed. */
let installed: number;
let out: string;

async function run(line: string): Promise<number> {
  out = '';
  const write = (text: string): void => void (out += text);
  let code: number | undefined;
  simulation.schedule(simulation.now, () => {
    const handle = execOnMachine(machine, line.split(' '), { stdout: write, stderr: write }, () => undefined);
    void handle.done.then((ended) => (code = ended));
  });
  await simulation.runUntil(simulation.now + 40_000);
  if (code === undefined) throw new Error(`${line} did not end`);
  return code;
}

const certificate = (file: string): X509Certificate =>
  new X509Certificate(machine.files.read(`${PKI}/${file}`));

beforeEach(() => {
  simulation = newTestSimulation();
  const topology = buildTopology('kubeadm-1-2');
  const spec = topology.machines[0] as TopologyMachine;
  machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
  const { files } = machine;
  installed = simulation.now;
  for (const [name, path] of [
    ['kubernetes', 'ca'],
    ['etcd-ca', 'etcd/ca'],
  ] as const) {
    const pair = issueAuthority({ subject: subjectName(name, []), altNames: undefined }, installed, name);
    files.write(`${PKI}/${path}.crt`, pair.certificate);
    files.write(`${PKI}/${path}.key`, pair.key);
  }
  const etcd = new SigningAuthority(files.read(`${PKI}/etcd/ca.crt`), files.read(`${PKI}/etcd/ca.key`));
  const member = {
    subject: subjectName('cp-1', []),
    altNames: alternativeNames(['cp-1', 'localhost'], ['10.0.0.10']),
    extKeyUsages: [PURPOSE.server, PURPOSE.client],
  };
  for (const name of ['etcd/server', 'etcd/peer', 'etcd/healthcheck-client']) {
    const pair = issue(etcd, member, installed, name);
    files.write(`${PKI}/${name}.crt`, pair.certificate);
    files.write(`${PKI}/${name}.key`, pair.key);
  }
  writeKubeConfigs(spec, files, 'https://10.0.0.10:6443', installed);
  for (const step of completePki(spec, files, files, topology, installed)) expect(step).toBeUndefined();
});

describe('certificates of a control plane', () => {
  it('are those of kubeadm, signed by their authorities, for their names', () => {
    const ca = certificate('ca.crt');
    const served = certificate('apiserver.crt');
    expect(served.subject).toBe('CN=kube-apiserver');
    expect(served.subjectAltName).toBe(
      'DNS:cp-1, DNS:kubernetes, DNS:kubernetes.default, DNS:kubernetes.default.svc, DNS:kubernetes.default.svc.cluster.local, IP Address:10.96.0.1, IP Address:10.0.0.10',
    );
    expect([served.verify(ca.publicKey), served.checkIssued(ca), served.ca]).toEqual([true, true, false]);
    expect(served.checkPrivateKey(createPrivateKey(machine.files.read(`${PKI}/apiserver.key`)))).toBe(true);
    expect(certificate('apiserver-kubelet-client.crt').subject).toBe(
      'O=kubeadm:cluster-admins\nCN=kube-apiserver-kubelet-client',
    );
    const front = certificate('front-proxy-ca.crt');
    expect([front.ca, front.verify(front.publicKey), front.checkIssued(front)]).toEqual([true, true, true]);
    expect(certificate('front-proxy-client.crt').verify(front.publicKey)).toBe(true);
    expect(certificate('front-proxy-client.crt').verify(ca.publicKey)).toBe(false);
  });

  it('make kubeconfigs from which components read who they are', () => {
    expect(readClientConfig(machine.files, '/etc/kubernetes/scheduler.conf', 'a').certificate).toEqual({
      commonName: 'system:kube-scheduler', organizations: [], issuer: 'kubernetes',
      notBefore: Math.floor(installed / 1000) * 1000, notAfter: Math.floor((installed + YEAR) / 1000) * 1000,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      publicKeyHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    }); // prettier-ignore
    expect(readClientConfig(machine.files, '/etc/kubernetes/kubelet.conf', 'a').certificate).toMatchObject({
      commonName: 'system:node:cp-1',
      organizations: ['system:nodes'],
    });
    expect(machine.files.read('/etc/kubernetes/kubelet.conf')).toContain(
      'client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n',
    );
    machine.files.remove('/var/lib/kubelet/pki/kubelet-client-current.pem');
    expect(() => readClientConfig(machine.files, '/etc/kubernetes/kubelet.conf', 'a')).toThrow(
      'open /var/lib/kubelet/pki/kubelet-client-current.pem: no such file or directory',
    );
  });
});

describe('kubeadm certs', () => {
  const READ = (prefix: string): string =>
    `[${prefix}] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n` +
    `[${prefix}] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n` +
    `[${prefix}] Error reading configuration from the Cluster. Falling back to default configuration\n\n`;

  it('check-expiration tells when, and what is missing', async () => {
    await simulation.runUntil(installed + 2 * DAY);
    expect(await run('kubeadm certs check-expiration')).toBe(0);
    const when = (row: string): RegExp =>
      new RegExp(`^${row} +[A-Z][a-z]{2} \\d{2}, \\d{4} \\d{2}:\\d{2} UTC +(362d|9y) +(\\S+ +)?no {6}$`);
    expect(out.startsWith(READ('check-expiration'))).toBe(true);
    const lines = out.slice(READ('check-expiration').length).split('\n');
    expect(lines[0]).toBe(
      'CERTIFICATE                       EXPIRES                  RESIDUAL TIME   CERTIFICATE AUTHORITY   EXTERNALLY MANAGED',
    );
    expect(lines[1]).toMatch(when('admin\\.conf'));
    expect(lines[2]).toMatch(when('apiserver'));
    expect(lines[3]?.trimEnd()).toBe('!MISSING! apiserver-etcd-client');
    expect(lines.slice(4, 12).every((line) => when('\\S+').test(line))).toBe(true);
    expect(lines.slice(12, 14)).toEqual([
      '',
      'CERTIFICATE AUTHORITY   EXPIRES                  RESIDUAL TIME   EXTERNALLY MANAGED',
    ]);
    expect(lines[14]).toMatch(when('ca'));
  });

  it('an expired one is <invalid> and is renewed for a year, with another key and the same names', async () => {
    const before = certificate('apiserver.crt');
    await simulation.runUntil(installed + YEAR + DAY);
    await run('kubeadm certs check-expiration');
    expect(out).toContain('<invalid>       ca                      no');
    expect(await run('kubeadm certs renew all')).toBe(0);
    expect(out).toBe(
      `${READ('renew')}certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself renewed
certificate for serving the Kubernetes API renewed
MISSING! certificate the apiserver uses to access etcd
certificate for the API server to connect to kubelet renewed
certificate embedded in the kubeconfig file for the controller manager to use renewed
certificate for liveness probes to healthcheck etcd renewed
certificate for etcd nodes to communicate with each other renewed
certificate for serving etcd renewed
certificate for the front proxy client renewed
certificate embedded in the kubeconfig file for the scheduler manager to use renewed
certificate embedded in the kubeconfig file for the super-admin renewed

Done renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.
`,
    );
    const after = certificate('apiserver.crt');
    expect([after.subject, after.subjectAltName]).toEqual([before.subject, before.subjectAltName]);
    expect(after.publicKey.equals(before.publicKey)).toBe(false);
    expect(after.verify(certificate('ca.crt').publicKey)).toBe(true);
    const scheduler = readClientConfig(machine.files, '/etc/kubernetes/scheduler.conf', 'a').certificate;
    expect(scheduler?.commonName).toBe('system:kube-scheduler');
    expect(scheduler?.notAfter).toBeGreaterThan(simulation.now + YEAR - DAY);
  });

  it('refuses what it does not know', async () => {
    expect(await run('kubeadm certs renew nothing')).toBe(1);
    expect(out).toBe(
      'invalid subcommand "nothing"\nTo see the stack trace of this error execute with --v=5 or higher\n',
    );
    machine.files.remove(`${PKI}/ca.key`);
    expect(await run('kubeadm certs renew apiserver')).toBe(1);
    expect(out).toContain(`open ${PKI}/ca.key: no such file or directory\n`);
  });
});
