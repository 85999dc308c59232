import type { Clock } from '../../base/clock.ts';
import { requestedStorage } from '../api/helpers/persistent-volumes.ts';
import type { PersistentVolume, Pod } from '../api/types.ts';
import { nameOf } from '../apimachinery/meta.ts';
import { parseQuantity } from '../apimachinery/quantity.ts';
import { isAlreadyExists, isNotFound } from '../client/api-errors.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { ProvisionRequest, ProvisionedVolume, VolumeMaker } from './controller-driver.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const SELECTED = 'local.path.provisioner/selected-node';
const OTHER_NODES = 'DEFAULT_PATH_FOR_NON_LISTED_NODES';
const POLL = 1_000;

/** `config.json`: which folders of which nodes hold volumes. */
export interface LocalPathConfig {
  readonly nodePathMap: readonly { readonly node: string; readonly paths: readonly string[] }[];
  /** Seconds that a helper Pod has. */
  readonly cmdTimeoutSeconds?: number;
}

/** Read anew for each volume: both are files of a ConfigMap. */
export interface LocalPathFiles {
  config(): LocalPathConfig;
  /** `helperPod.yaml`. */
  helperPod(): Pod;
}

/**
 * Volumes as folders of the node on which their first Pod runs, made and removed by helper Pods there. Models
 * rancher/local-path-provisioner provisioner.go (v0.0.32).
 */
export class LocalPathProvisioner implements VolumeMaker {
  readonly #client: ApiClient;
  readonly #clock: Clock;
  readonly #files: LocalPathFiles;
  readonly #namespace: string;
  readonly #account: string;

  constructor(client: ApiClient, clock: Clock, files: LocalPathFiles, namespace: string, account: string) {
    this.#client = client;
    this.#clock = clock;
    this.#files = files;
    this.#namespace = namespace;
    this.#account = account;
  }

  async provision({ claim, volumeName, node }: ProvisionRequest): Promise<ProvisionedVolume> {
    if (claim.spec?.selector !== undefined) throw new Error('claim.Spec.Selector is not supported');
    if (
      (claim.spec?.accessModes ?? []).some((mode) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod')
    )
      throw new Error('NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes');
    if (node === undefined) throw new Error('configuration error, no node was specified');
    const { namespace = '', name = '' } = claim.metadata ?? {};
    const path = `${this.#folderOn(nameOf(node))}/${volumeName}_${namespace}_${name}`;
    const storage = requestedStorage(claim);
    try {
      await this.#help(
        'create',
        volumeName,
        nameOf(node),
        path,
        storage,
        claim.spec?.volumeMode ?? 'Filesystem',
      );
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError) throw error;
      throw new Error(`failed to create volume ${volumeName}: ${error.message}`, { cause: error });
    }
    const host = node.metadata?.labels?.[HOSTNAME] ?? nameOf(node);
    return {
      source: { hostPath: { path, type: 'DirectoryOrCreate' } },
      capacity: storage,
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: [host] }] }],
        },
      },
      annotations: { [SELECTED]: nameOf(node) },
    };
  }

  async delete(volume: PersistentVolume): Promise<void> {
    const path = volume.spec?.hostPath?.path;
    const node = volume.metadata?.annotations?.[SELECTED];
    if (path === undefined || node === undefined) throw new Error('no path set');
    const storage = (volume.spec?.capacity?.['storage'] as string | undefined) ?? '0';
    try {
      await this.#help(
        'delete',
        nameOf(volume),
        node,
        path,
        storage,
        volume.spec?.volumeMode ?? 'Filesystem',
      );
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError) throw error;
      throw new Error(`failed to delete volume ${nameOf(volume)}: ${error.message}`, { cause: error });
    }
  }

  #folderOn(node: string): string {
    const { nodePathMap } = this.#files.config();
    const entry =
      nodePathMap.find((candidate) => candidate.node === node) ??
      nodePathMap.find((candidate) => candidate.node === OTHER_NODES);
    if (entry === undefined)
      throw new Error(`config doesn't contain node ${node}, and no ${OTHER_NODES} available`);
    const [path] = entry.paths;
    if (path === undefined) throw new Error(`no local path available on node ${node}`);
    return path;
  }

  /** Runs the ConfigMap's script on the node, in a Pod, and removes the Pod. @throws Error, StatusError */
  async #help(
    action: 'create' | 'delete',
    volume: string,
    node: string,
    path: string,
    storage: string,
    mode: string,
  ): Promise<void> {
    const pods = this.#client.resource<Pod>(resourceTypes.pods, this.#namespace);
    const pod = this.#helperPod(action, volume, node, path, storage, mode);
    const name = nameOf(pod);
    const timeout = (this.#files.config().cmdTimeoutSeconds ?? 120) * 1_000;
    try {
      await pods.create(pod);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    try {
      for (let waited = 0; ; waited += POLL) {
        const { status } = await pods.get(name);
        if (status?.phase === 'Succeeded') return;
        if (waited >= timeout) throw new Error(`create process timeout after ${timeout / 1_000} seconds`);
        await this.#clock.sleep(POLL);
      }
    } finally {
      try {
        await pods.delete(name);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  #helperPod(
    action: 'create' | 'delete',
    volume: string,
    node: string,
    path: string,
    storage: string,
    mode: string,
  ): Pod {
    const template = this.#files.helperPod();
    const [container] = template.spec?.containers ?? [];
    if (container === undefined) throw new Error('helper pod template does not specify any container');
    const parent = path.slice(0, path.lastIndexOf('/'));
    const size = String(parseQuantity(storage).nanos / 1_000_000_000n);
    return {
      ...template,
      metadata: {
        ...template.metadata,
        name: `${template.metadata?.name ?? 'helper-pod'}-${action}-${volume}`,
        namespace: this.#namespace,
      },
      spec: {
        ...template.spec,
        nodeName: node,
        serviceAccountName: this.#account,
        restartPolicy: 'Never',
        tolerations: [...(template.spec?.tolerations ?? []), { operator: 'Exists' }],
        volumes: [
          ...(template.spec?.volumes ?? []),
          { name: 'data', hostPath: { path: parent, type: 'DirectoryOrCreate' } },
          {
            name: 'script',
            configMap: {
              name: 'local-path-config',
              items: [
                { key: 'setup', path: 'setup' },
                { key: 'teardown', path: 'teardown' },
              ],
            },
          },
        ],
        containers: [
          {
            ...container,
            command: ['/bin/sh', action === 'create' ? '/script/setup' : '/script/teardown'],
            args: ['-p', path, '-s', size, '-m', mode, '-a', action],
            env: [
              ...(container.env ?? []),
              { name: 'VOL_DIR', value: path },
              { name: 'VOL_MODE', value: mode },
              { name: 'VOL_SIZE_BYTES', value: size },
            ],
            volumeMounts: [
              ...(container.volumeMounts ?? []),
              { name: 'script', mountPath: '/script' },
              { name: 'data', mountPath: parent },
            ],
          },
        ],
      },
    } as Pod;
  }
}
