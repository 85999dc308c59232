import { beforeEach, expect, it } from 'vitest';
import type { Container, Pod } from '../api/types.ts';
import { KubeletHarness } from './kubelet.testing.ts';
import { verifyRunAsNonRoot } from './run-as-non-root.ts';

const WHERE = '(pod: "p_default(uid-of-p)", container: c)';

function judge(own: object, ofPod: object, imageUser: string): string {
  const spec = { name: 'c', securityContext: own } as Container;
  const pod = {
    metadata: { name: 'p', namespace: 'default', uid: 'uid-of-p' },
    spec: { containers: [spec], securityContext: ofPod },
  } as Pod;
  try {
    verifyRunAsNonRoot(pod, spec, imageUser);
    return 'runs';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

it('lets run who is not root, or may be', () => {
  expect(judge({}, {}, '')).toBe('runs');
  expect(judge({ runAsNonRoot: false }, { runAsNonRoot: true }, '')).toBe('runs');
  expect(judge({ runAsNonRoot: true }, { runAsUser: 1000 }, '')).toBe('runs');
  expect(judge({}, { runAsNonRoot: true }, '101:101')).toBe('runs');
});

it('refuses root, and whoever cannot be told from it', () => {
  expect(judge({ runAsNonRoot: true }, {}, '')).toBe(
    `container has runAsNonRoot and image will run as root ${WHERE}`,
  );
  expect(judge({ runAsNonRoot: true, runAsUser: 0 }, {}, '1000')).toBe(
    `container's runAsUser breaks non-root policy ${WHERE}`,
  );
  expect(judge({}, { runAsNonRoot: true }, 'nginx')).toBe(
    `container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root ${WHERE}`,
  );
});

let node: KubeletHarness;
beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
});

it('holds such a container back', async () => {
  const spec = { name: 'c', image: 'nginx:1.25', securityContext: { runAsNonRoot: true } };
  node.createPod('p', { containers: [spec] });
  await node.test.run(20_000);
  expect(node.state('p')).toBe('CreateContainerConfigError');
  expect(node.api.events()).toContain(
    `Warning Failed Error: container has runAsNonRoot and image will run as root ${WHERE}`,
  );
});
