import type { Node } from '../api/types.ts';
import { readClientConfig } from '../client/kubeconfig.ts';
import { NetworkApiClient } from '../client/network-api-client.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { Program } from '../machine/interface.ts';

/** Milliseconds between looks for the Node. */
const POLL = 500;
const DONE = 'kubeadm/marked-control-plane';
const LABELS = {
  'node-role.kubernetes.io/control-plane': '',
  'node.kubernetes.io/exclude-from-external-load-balancers': '',
};

/** Whether a machine's Node still has to be marked. `state` is the machine's. */
export function isUnmarked(state: { get(key: string): unknown }): boolean {
  return state.get(DONE) === undefined;
}

/**
 * Labels the Node that has this machine's name, as administrator: NodeRestriction lets no kubelet give itself a role. Waits for
 * the Node, and ends. Models kubeadm's phases/markcontrolplane (v1.34); the taint is the kubelet's, from its flags.
 */
export function markControlPlane(version: string): Program {
  return async (process) => {
    const userAgent = `kubeadm/${version} (linux/amd64) kubernetes/leme`;
    const config = readClientConfig(process.files, '/etc/kubernetes/admin.conf', userAgent);
    const nodes = new NetworkApiClient(process, process.net, config).resource<Node>(resourceTypes.nodes);
    const { name } = process.machine;
    for (;;) {
      try {
        await nodes.patch(name, 'application/strategic-merge-patch+json', { metadata: { labels: LABELS } });
        process.state.set(DONE, true);
        process.stdout(`[mark-control-plane] Marking the node ${name} as control-plane`);
        return 0;
      } catch (error) {
        // There is no server, no right or no Node yet; kubeadm polls in the same way.
        process.stderr(error instanceof Error ? error.message : String(error));
        await process.clock.sleep(POLL);
      }
    }
  };
}
