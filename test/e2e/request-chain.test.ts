import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, hasStockKubectl, root, ServedHost, temporaryFolder } from '../harness/serve.ts';

const folder = temporaryFolder();
let host: ServedHost;

beforeAll(async () => {
  host = await ServedHost.start(folder.path, '--topology', 'kubeadm-1-2', '--seed', '1', '--speed', '25');
});
afterAll(async () => {
  await host?.stop();
  folder.remove();
});

/** Runs lines in the lab shell, as a learner types them. */
function shell(lines: string): string {
  const run = spawnSync(
    process.execPath,
    [join(root, 'dist/host/shell.mjs'), '--data', folder.path, '-c', lines],
    { encoding: 'utf8', timeout: 60_000 },
  );
  return run.stdout + run.stderr;
}

interface AuditLine {
  readonly verb: string;
  readonly stage: string;
  readonly userAgent: string;
  readonly objectRef: { readonly name: string };
}

const POLICY = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Request
  users: [kubernetes-admin]
  resources: [{ group: "", resources: [configmaps] }]
  verbs: [create, delete]
`;
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const FLAGS = ['--audit-policy-file=/etc/kubernetes/audit.yaml', '--audit-log-path=/var/log/audit.log'];

/** Writes a file of the control plane machine. */
function write(path: string, text: string): void {
  shell(`ssh cp-1 "cat > ${path}" <<'TEXT'\n${text.trim()}\nTEXT\n`);
}

/** Adds flags to the API server's command line, in its manifest. */
function addFlags(...flags: readonly string[]): void {
  const manifest = shell(`ssh cp-1 cat ${MANIFEST}`);
  const command = '        - kube-apiserver\n';
  expect(manifest).toContain(command);
  write(MANIFEST, manifest.replace(command, command + flags.map((flag) => `        - ${flag}\n`).join('')));
}

async function answering(): Promise<void> {
  await eventually(
    () => host.kubectl(['get', '--raw', '/readyz']).stdout,
    (text) => text === 'ok',
  );
}

describe.skipIf(!hasStockKubectl())('the chain of a request, with a stock kubectl', () => {
  it('a policy with a mistake keeps the API server from starting, and its log says why', async () => {
    write('/etc/kubernetes/audit.yaml', POLICY.replace('Request\n', 'Requests\n'));
    expect(shell('ssh cp-1 cat /etc/kubernetes/audit.yaml')).toContain('level: Requests');
    addFlags(...FLAGS);
    const log = await eventually(
      () => shell('ssh cp-1 "crictl logs \\$(crictl ps -a --name kube-apiserver -q | head -n 1)"'),
      (text) => text.includes('command failed'),
    );
    expect(log).toContain(
      'err="loading audit policy file: rules[0].level: Unsupported value: \\"Requests\\": supported values: \\"None\\", \\"Metadata\\", \\"Request\\", \\"RequestResponse\\": from file /etc/kubernetes/audit.yaml"',
    );
    expect(host.kubectl(['get', 'nodes', '--request-timeout=2s']).code).toBe(1);
  }, 120_000);

  it('a policy that is right has each request in the file on the machine', async () => {
    write('/etc/kubernetes/audit.yaml', POLICY);
    await answering();
    expect(host.kubectl(['create', 'configmap', 'seen', '--from-literal=a=b']).stdout).toBe(
      'configmap/seen created\n',
    );
    host.kubectl(['get', 'configmap', 'seen']);
    host.kubectl(['delete', 'configmap', 'seen']);
    const text = await eventually(
      () => shell('ssh cp-1 cat /var/log/audit.log'),
      (lines) => lines.includes('"verb":"delete"'),
    );
    const events = text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as AuditLine);
    expect(events.map(({ verb, stage, objectRef: { name } }) => [verb, stage, name])).toEqual([
      ['create', 'ResponseComplete', 'seen'],
      ['delete', 'ResponseComplete', 'seen'],
    ]);
    expect(events[0]).toMatchObject({
      level: 'Request',
      user: { username: 'kubernetes-admin' },
      requestObject: { kind: 'ConfigMap', data: { a: 'b' } },
      responseStatus: { code: 201 },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    });
    expect(events[0]?.userAgent).toMatch(/^kubectl/);
  }, 120_000);

  it('a level without a seat has kubectl try again, and then say that there are too many requests', async () => {
    const objects = `
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: { name: closed }
spec: { type: Limited, limited: { nominalConcurrencyShares: 0, limitResponse: { type: Reject } } }
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: { name: ana }
spec:
  priorityLevelConfiguration: { name: closed }
  matchingPrecedence: 50
  rules:
  - subjects: [{ kind: User, user: { name: ana } }]
    resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: [nodes], clusterScope: true }]
`;
    expect(host.kubectl(['apply', '-f', '-'], objects).code).toBe(0);
    const clusterRole = ['create', 'clusterrolebinding', 'ana', '--clusterrole=view', '--user=ana'];
    expect(host.kubectl(clusterRole).code).toBe(0);
    expect(host.kubectl(['get', 'flowschema', 'ana', '--no-headers']).stdout).toMatch(
      /^ana +closed +50 +<none> +\S+ +False\n$/,
    );
    const refused = host.kubectl(['get', 'nodes', '--as=ana', '-v=6']);
    expect(refused.stderr).toContain(
      'Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later (get nodes)',
    );
    expect(refused.stderr).toContain('429 Too Many Requests');
    expect(host.kubectl(['get', 'configmaps', '--as=ana']).code).toBe(0);
    const metrics = host.kubectl(['get', '--raw', '/metrics']).stdout;
    expect(metrics).toMatch(
      /apiserver_flowcontrol_rejected_requests_total\{flow_schema="ana",priority_level="closed",reason="concurrency-limit"\} \d+/,
    );
    host.kubectl(['delete', 'flowschema', 'ana']);
    expect(host.kubectl(['auth', 'can-i', 'list', 'pods', '--as=ana']).stdout).toBe('yes\n');
  }, 120_000);
});
