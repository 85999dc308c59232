import { createHash, X509Certificate } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import type { Simulation } from '../../../base/simulation.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { Secret } from '../../api/types.ts';
import { writeKubeConfigs } from '../../kubeadm/kubeconfigs.ts';
import { testPki } from '../../kubeadm/testing/cluster-pki.testing.ts';
import { volatileStore } from '../../machine/local-state.ts';
import { SimulatedMachine } from '../../machine/machine.ts';
import { listenHttp } from '../../network/http-server.ts';
import { SimulatedNetwork } from '../../network/network.ts';
import { buildTopology } from '../../topology/topologies.ts';
import { execOnMachine } from '../exec-on-machine.ts';

const SECRETS = '/api/v1/namespaces/kube-system/secrets';
let simulation: Simulation;
let machine: SimulatedMachine;
let secrets: Map<string, Secret>;

/** An API server that knows Secrets only. */
function serve(): void {
  machine.spawn({
    name: 'server',
    program: (process) => {
      listenHttp(process.net, 6443, (exchange) => {
        const { method, target, body } = exchange.request;
        const [path = ''] = target.split('?');
        const name = path.slice(SECRETS.length + 1);
        const answer = (status: number, value: unknown): void =>
          exchange.respond({ status, headers: {}, body: { type: 'object', value } });
        if (method === 'POST') {
          const secret = (body as { value: Secret }).value;
          secrets.set(secret.metadata?.name ?? '', secret);
          answer(201, secret);
        } else if (method === 'DELETE' && !secrets.delete(name))
          answer(404, {
            kind: 'Status',
            status: 'Failure',
            reason: 'NotFound',
            message: 'not found',
            code: 404,
          });
        else answer(200, { kind: 'SecretList', metadata: {}, items: [...secrets.values()] });
      });
      return new Promise(() => undefined);
    },
  });
}

beforeEach(() => {
  simulation = newTestSimulation();
  secrets = new Map();
  const spec = buildTopology('kubeadm-1-2').machines.find(({ name }) => name === 'cp-1');
  if (spec === undefined) throw new Error('there is no cp-1');
  machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
  writeKubeConfigs(spec, machine.files, 'https://10.0.0.10:6443', simulation.now);
  machine.files.write('/etc/kubernetes/pki/ca.crt', testPki().ca.certificate);
});

async function run(line: string): Promise<{ text: string; code: number | undefined }> {
  const result = { text: '', code: undefined as number | undefined };
  const write = (text: string): void => void (result.text += text);
  simulation.schedule(simulation.now, () => {
    const { done } = execOnMachine(
      machine,
      line.split(' '),
      { stdout: write, stderr: write },
      () => undefined,
    );
    void done.then((code) => (result.code = code));
  });
  await simulation.runUntil(simulation.now + 5_000);
  return result;
}

it('makes a token that is listed with what is left of it, and prints how to join with it', async () => {
  serve();
  const { publicKey } = new X509Certificate(testPki().ca.certificate);
  const hash = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  const made = await run('kubeadm token create abcdef.0123456789abcdef --ttl 2h --print-join-command');
  expect(made).toEqual({
    text: `kubeadm join 10.0.0.10:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:${hash} \n`,
    code: 0,
  });
  expect((await run('kubeadm token create --ttl 0')).text).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}\n$/);
  const [head, first, second] = (await run('kubeadm token list')).text.split('\n');
  expect(head).toBe(
    'TOKEN                     TTL         EXPIRES                USAGES                   DESCRIPTION   EXTRA GROUPS',
  );
  expect(first).toMatch(
    /^abcdef\.0123456789abcdef {3}1h {10}2026-01-05T11:00:0\dZ {3}authentication,signing {3}<none> {8}system:bootstrappers:kubeadm:default-node-token$/,
  );
  expect(second).toMatch(/^[a-z0-9.]{23} {3}<forever> {3}<never> /);
  expect((await run('kubeadm token delete abcdef')).text).toBe('bootstrap token "abcdef" deleted\n');
  expect(secrets.has('bootstrap-token-abcdef')).toBe(false);
});

it('says what is wrong', async () => {
  const trace = 'To see the stack trace of this error execute with --v=5 or higher\n';
  expect((await run('kubeadm token create short')).text).toBe(
    `error: the bootstrap token "short" was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"\n${trace}`,
  );
  expect((await run('kubeadm token create --ttl soon')).text).toBe(
    `invalid argument "soon" for "--ttl" flag: time: invalid duration "soon"\n${trace}`,
  );
  expect((await run('kubeadm token list')).text).toContain('connection refused');
  serve();
  expect((await run('kubeadm token delete zzzzzz')).text).toBe(
    `failed to delete bootstrap token "zzzzzz": secrets "bootstrap-token-zzzzzz" not found\n${trace}`,
  );
  machine.files.remove('/etc/kubernetes/admin.conf');
  expect((await run('kubeadm token list')).text).toBe(
    `failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory\n${trace}`,
  );
  expect((await run('kubeadm frob')).text).toBe(`invalid subcommand "frob"\n${trace}`);
});
