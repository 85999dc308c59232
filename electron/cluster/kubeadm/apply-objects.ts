import type { KubeObject } from '../api/types.ts';
import { STRATEGIES } from '../api/registry.ts';
import { gvkOf } from '../apimachinery/gvk.ts';
import { isAlreadyExists } from '../client/api-errors.ts';
import type { ApiClient } from '../client/interface.ts';
import { readClientConfig } from '../client/kubeconfig.ts';
import { NetworkApiClient } from '../client/network-api-client.ts';
import type { LocalState, Program } from '../machine/interface.ts';

/** Milliseconds between attempts. */
const POLL = 500;
const STATE = 'kubeadm/objects';
const CONFIG_MAPS = 'kubeadm/config-maps';

/** Notes that the objects of a new cluster have to be created from this machine. `state` is the machine's. */
export function objectsAreDue(state: LocalState): void {
  state.set(STATE, 'due');
}

/** Whether they still have to be. */
export function areObjectsDue(state: LocalState): boolean {
  return state.get(STATE) === 'due';
}

/** Whether kubeadm's ConfigMaps still have to be: also in a cluster from before they were made. */
export function areConfigMapsDue(state: LocalState): boolean {
  return state.get(CONFIG_MAPS) === undefined;
}

/**
 * Creates, once in a cluster's life and as administrator, what the cluster is delivered with beyond kubeadm's own objects, as `kubectl
 * create -f` does. Whoever deletes one of them later has deleted it.
 */
export function applyObjects(objects: readonly KubeObject[]): Program {
  return create(objects, 'kubectl', STATE);
}

/** The same with the ConfigMaps of `kubeadm init`. */
export function uploadConfigMaps(configMaps: readonly KubeObject[]): Program {
  return create(configMaps, 'kubeadm', CONFIG_MAPS);
}

function create(objects: readonly KubeObject[], userAgent: string, state: string): Program {
  return async (process) => {
    const config = readClientConfig(process.files, '/etc/kubernetes/admin.conf', userAgent);
    const client = new NetworkApiClient(process, process.net, config);
    for (const object of objects) {
      for (;;) {
        try {
          await createUnlessThere(client, object);
          break;
        } catch (error) {
          if (error instanceof TypeError) throw error;
          // There is no server or no right yet.
          process.stderr(error instanceof Error ? error.message : String(error));
          await process.clock.sleep(POLL);
        }
      }
    }
    process.state.set(state, 'created');
    return 0;
  };
}

/** @throws StatusError, Error */
async function createUnlessThere(client: ApiClient, object: KubeObject): Promise<void> {
  const gvk = gvkOf(object);
  const kind = STRATEGIES.find(
    (strategy) =>
      strategy.gvk.group === gvk.group &&
      strategy.gvk.version === gvk.version &&
      strategy.gvk.kind === gvk.kind,
  );
  if (kind === undefined) throw new TypeError(`no kind ${gvk.kind} in ${object.apiVersion ?? ''}`);
  const { group, version } = gvk;
  try {
    await client
      .resource({ group, version, resource: kind.resource }, object.metadata?.namespace)
      .create(object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
