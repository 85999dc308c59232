import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../../api/registry.ts';
import type { Pod } from '../../../api/types.ts';
import { TestCluster, valueOf } from '../../testing/test-cluster.testing.ts';
import { detailsOf, evaluatePod } from './evaluate.ts';
import type { Level } from './policy.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };
const PREFIX = 'pod-security.kubernetes.io';

interface Asked {
  readonly status: number;
  readonly message: string | undefined;
  readonly warnings: readonly string[];
}

const pod = (spec: object = {}, container: object = {}, metadata: object = {}) => ({
  metadata: { name: 'a', ...metadata },
  spec: { containers: [{ name: 'main', image: 'nginx:1.25', ...container }], ...spec },
});
const SAFE = {
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
}; // prettier-ignore

function judge(level: Level, body: object, minor = Infinity): string {
  const { metadata, spec } = body as Required<Pod>;
  return detailsOf(evaluatePod({ level, minor }, { metadata, spec }));
}

describe('the checks', () => {
  it('of the baseline say what they find', () => {
    const cases: [object, string][] = [
      [pod({ hostNetwork: true, hostPID: true }), 'host namespaces (hostNetwork=true, hostPID=true)'],
      [pod({}, { securityContext: { privileged: true } }), 'privileged (container "main" must not set securityContext.privileged=true)'],
      [pod({}, { securityContext: { capabilities: { add: ['NET_RAW', 'CHOWN'] } } }), 'non-default capabilities (container "main" must not include "NET_RAW" in securityContext.capabilities.add)'],
      [pod({ volumes: [{ name: 'v', hostPath: { path: '/' } }] }), 'hostPath volumes (volume "v")'],
      [pod({}, { ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 81, hostPort: 90 }] }), 'hostPort (container "main" uses hostPorts 8080, 90)'],
      [pod({}, { livenessProbe: { httpGet: { host: 'x', port: 80 } } }), 'probe or lifecycle host (container "main" uses probe or lifecycle host "x")'],
      [pod({}, { securityContext: { procMount: 'Unmasked' } }), 'procMount (container "main" must not set securityContext.procMount to "Unmasked")'],
      [pod({ securityContext: { seLinuxOptions: { type: 'bad', user: 'u' } } }), 'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "bad"; user may not be set)'],
      [pod({ securityContext: { seccompProfile: { type: 'Unconfined' } } }), 'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")'],
      [pod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }), 'forbidden sysctls (kernel.msgmax)'],
      [pod({ securityContext: { windowsOptions: { hostProcess: true } } }), 'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)'],
      [pod({ securityContext: { appArmorProfile: { type: 'Unconfined' } } }), 'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")'],
    ]; // prettier-ignore
    for (const [body, text] of cases) expect(judge('baseline', body)).toBe(text);
    expect(judge('baseline', pod())).toBe('');
    expect(judge('privileged', pod({ hostNetwork: true }))).toBe('');
  });

  it('of the restricted level come after the baseline, in place of what they cover', () => {
    expect(
      judge('restricted', pod({ hostIPC: true, volumes: [{ name: 'v', hostPath: { path: '/' } }] })),
    ).toBe(
      'host namespaces (hostIPC=true), ' +
        'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), ' +
        'restricted volume types (volume "v" uses restricted volume type "hostPath"), ' +
        'runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
    expect(judge('restricted', pod({}, SAFE))).toBe('');
    expect(judge('restricted', pod({ securityContext: { runAsUser: 0 } }, SAFE))).toBe(
      'runAsUser=0 (pod must not set runAsUser=0)',
    );
  });

  it('hold since their version', () => {
    const probe = pod({}, { livenessProbe: { tcpSocket: { host: 'x', port: 80 } } });
    expect(judge('baseline', probe, 33)).toBe('');
    expect(judge('baseline', probe, 34)).not.toBe('');
    const keepalive = pod({
      securityContext: { sysctls: [{ name: 'net.ipv4.tcp_keepalive_time', value: '1' }] },
    });
    expect([judge('baseline', keepalive, 28), judge('baseline', keepalive, 29)]).toEqual([
      'forbidden sysctls (net.ipv4.tcp_keepalive_time)',
      '',
    ]);
    const added = pod({}, { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } });
    expect(judge('restricted', added, 1)).toContain('non-default capabilities');
    expect(judge('restricted', pod({ os: { name: 'windows' } }), 25)).toBe(
      'runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true)',
    );
  });
});

describe('PodSecurity', () => {
  let cluster: TestCluster;

  async function ask(method: string, target: string, body: object, headers = {}): Promise<Asked> {
    const response = await cluster.call(method, target, body, headers);
    return { status: response.status, message: valueOf(response).message, warnings: response.warnings ?? [] };
  }
  const label = (labels: Record<string, string | null>) =>
    ask('PATCH', '/api/v1/namespaces/default', { metadata: { labels } }, MERGE);

  beforeEach(async () => {
    cluster = await TestCluster.start(STRATEGIES);
  });

  it('refuses Pods, and warns of workloads that would make them', async () => {
    await label({
      [`${PREFIX}/enforce`]: 'baseline',
      [`${PREFIX}/warn`]: 'baseline',
      [`${PREFIX}/warn-version`]: 'v1.30',
    });
    await cluster.run(10);
    expect(await ask('POST', '/api/v1/namespaces/default/pods', pod({ hostNetwork: true }))).toEqual({
      status: 403,
      message:
        'pods "a" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
      warnings: [],
    });
    const template = { metadata: { labels: { app: 'a' } }, spec: pod({ hostPID: true }).spec };
    const deployment = {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { app: 'a' } }, template },
    };
    expect(await ask('POST', '/apis/apps/v1/namespaces/default/deployments', deployment)).toMatchObject({
      status: 201,
      warnings: ['would violate PodSecurity "baseline:v1.30": host namespaces (hostPID=true)'],
    });
    expect(
      (await ask('POST', '/api/v1/namespaces/kube-public/pods', pod({ hostNetwork: true }))).status,
    ).toBe(201);
  });

  it('lets a Pod that violates be changed where that does not matter', async () => {
    await ask('POST', '/api/v1/namespaces/default/pods', pod({ hostPID: true }));
    await label({ [`${PREFIX}/enforce`]: 'baseline' });
    await cluster.run(10);
    const target = '/api/v1/namespaces/default/pods/a';
    expect((await ask('PATCH', target, { metadata: { labels: { a: 'b' } } }, MERGE)).status).toBe(200);
    const image = { spec: { containers: [{ name: 'main', image: 'nginx:1.26' }] } };
    const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
    expect((await ask('PATCH', target, image, strategic)).status).toBe(403);
  });

  it('warns of the Pods that are there when the level is raised', async () => {
    for (const name of ['b', 'a'])
      await ask('POST', '/api/v1/namespaces/default/pods', pod({ hostPID: true }, {}, { name }));
    await ask('POST', '/api/v1/namespaces/default/pods', pod({}, SAFE, { name: 'safe' }));
    await cluster.run(10);
    expect(await label({ [`${PREFIX}/enforce`]: 'restricted' })).toMatchObject({
      status: 200,
      warnings: [
        'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
        'a (and 1 other pod): host namespaces, allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
      ],
    });
    expect((await label({ [`${PREFIX}/enforce`]: 'baseline' })).warnings).toEqual([]);
  });

  it('refuses labels that are no levels or versions', async () => {
    expect((await label({ [`${PREFIX}/enforce`]: 'strict' })).message).toBe(
      'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
    );
    expect((await label({ [`${PREFIX}/warn-version`]: '1.30' })).message).toBe(
      'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.30": must be "latest" or "v1.x"',
    );
  });
});
