import type { Rand } from '../../../base/rand.ts';
import type { Container, KubeObject, Pod, ServiceAccount, Volume } from '../../api/types.ts';
import { randomSuffix } from '../../apimachinery/names.ts';
import { newForbidden } from '../../apimachinery/status.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

const DEFAULT_ACCOUNT = 'default';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
/** Seconds; an hour and a margin, as upstream. */
const TOKEN_SECONDS = 3607;
const PODS = { group: '', resource: 'pods' };

/** Finds an account in memory; with `live`, in etcd when it is not there. */
export type ServiceAccountLookup = (
  namespace: string,
  name: string,
  live: boolean,
) => Promise<KubeObject | undefined>;

/**
 * Gives a Pod its service account and mounts that account's token, the cluster's CA and the namespace's name.
 * The account `default` may be missing still: its controller makes it a moment after the namespace.
 * Models plugin/pkg/admission/serviceaccount (v1.34).
 */
export class ServiceAccountAdmission implements AdmissionPlugin {
  readonly name = 'ServiceAccount';
  readonly #find: ServiceAccountLookup;
  readonly #rand: Rand;

  constructor(find: ServiceAccountLookup, rand: Rand) {
    this.#find = find;
    this.#rand = rand;
  }

  handles({ operation, resource, subresource }: AdmissionAttributes): boolean {
    return (
      operation === 'CREATE' && resource.resource === 'pods' && resource.group === '' && subresource === ''
    );
  }

  async admit(attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    const pod = object as Pod;
    if (pod.spec === undefined || pod.metadata?.annotations?.[MIRROR_ANNOTATION] !== undefined) return object;
    const { namespace, name } = attributes;
    const asked = pod.spec.serviceAccountName ?? '';
    const account = asked === '' ? DEFAULT_ACCOUNT : asked;
    const found = (await this.#find(namespace, account, account !== DEFAULT_ACCOUNT)) as
      ServiceAccount | undefined;
    if (found === undefined && account !== DEFAULT_ACCOUNT) {
      const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
      throw newForbidden(PODS, name, why);
    }
    const automount = pod.spec.automountServiceAccountToken ?? found?.automountServiceAccountToken ?? true;
    const named = {
      ...pod,
      spec: { ...pod.spec, serviceAccountName: account, serviceAccount: account },
    } as Pod;
    return withPullSecrets(automount ? this.#mountToken(named) : named, found) as KubeObject;
  }

  #mountToken(pod: Pod): Pod {
    const spec = pod.spec as NonNullable<Pod['spec']>;
    const volumes = spec.volumes ?? [];
    const known = volumes.find(isTokenVolume);
    const volumeName = known?.name ?? `kube-api-access-${randomSuffix(this.#rand)}`;
    let mounted = false;
    const mount = (container: Container): Container => {
      const mounts = container.volumeMounts ?? [];
      if (mounts.some(({ mountPath }) => mountPath === MOUNT_PATH)) return container;
      mounted = true;
      return {
        ...container,
        volumeMounts: [...mounts, { name: volumeName, readOnly: true, mountPath: MOUNT_PATH }],
      };
    };
    // A body may lack containers: that is for validation to say, which comes later.
    const containers = spec.containers?.map(mount);
    const initContainers = spec.initContainers?.map(mount);
    if (!mounted) return pod;
    return {
      ...pod,
      spec: {
        ...spec,
        containers,
        ...(initContainers === undefined ? {} : { initContainers }),
        volumes: known === undefined ? [...volumes, tokenVolume(volumeName)] : volumes,
      },
    };
  }
}

/** A Pod that names none has those of its account. */
function withPullSecrets(pod: Pod, account: ServiceAccount | undefined): Pod {
  const imagePullSecrets = account?.imagePullSecrets ?? [];
  if (imagePullSecrets.length === 0 || (pod.spec?.imagePullSecrets ?? []).length > 0) return pod;
  return { ...pod, spec: { ...pod.spec, imagePullSecrets } } as Pod;
}

function isTokenVolume(volume: Volume): boolean {
  const sources = volume.projected?.sources ?? [];
  return (
    volume.name.startsWith('kube-api-access-') &&
    sources.some((source) => source.serviceAccountToken !== undefined)
  );
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  };
}
