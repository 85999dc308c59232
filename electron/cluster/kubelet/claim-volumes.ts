import { attachmentName, deviceMountPath, uniqueVolumeName } from '../api/helpers/csi-volumes.ts';
import { notForPod } from '../api/helpers/ephemeral-claims.ts';
import type {
  CSIDriver,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Volume,
  VolumeAttachment,
} from '../api/types.ts';
import { isNotFound } from '../client/api-errors.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { CsiError } from '../csi/interface.ts';
import type { FileSystem } from '../machine/interface.ts';
import type { CsiPlugins } from './csi-plugins.ts';
import { checkHostPath } from './host-path.ts';
import { metaOf, uidOf } from './pod-accessors.ts';
import { MountError } from './mount-error.ts';
import type { VolumeGrowth } from './volume-growth.ts';

const PODS = '/var/lib/kubelet/pods';
const CSI = 'kubernetes.io~csi';

/** Where a claim's volume is seen on the machine. */
export interface ClaimFolder {
  readonly folder: string;
  /** It has to be looked at again and again: its driver may be asked to grow it. */
  readonly watched: boolean;
}

/** `vol_data.json` beside a mount: what a kubelet that starts anew needs to know to take it away. */
interface VolumeData {
  readonly driverName: string;
  readonly volumeHandle: string;
}

/** What the kubelet does for volumes that the node must have attached. */
export interface NodeVolumes {
  /** Says in the Node's status what is in use, and resolves to what is attached by now. */
  report(): Promise<readonly string[]>;
}

/**
 * Claims of Pods as folders: hostPath and local volumes as they are, CSI volumes attached, staged and published by their drivers.
 * Models pkg/kubelet/volumemanager and pkg/volume/csi (v1.34).
 */
export class ClaimVolumes {
  readonly #client: ApiClient;
  readonly #files: FileSystem;
  readonly #plugins: CsiPlugins;
  readonly #node: string;
  readonly #nodeVolumes: NodeVolumes;
  readonly #growth: VolumeGrowth;
  /** Pods that use a volume which the node must have attached, by the volume's unique name. */
  readonly #inUse = new Map<string, Set<string>>();

  constructor(
    client: ApiClient,
    files: FileSystem,
    plugins: CsiPlugins,
    node: string,
    nodeVolumes: NodeVolumes,
    growth: VolumeGrowth,
  ) {
    this.#client = client;
    this.#files = files;
    this.#plugins = plugins;
    this.#node = node;
    this.#nodeVolumes = nodeVolumes;
    this.#growth = growth;
    for (const uid of this.uids)
      for (const { driverName, volumeHandle } of this.#mounts(uid))
        this.#use(`kubernetes.io/csi/${driverName}^${volumeHandle}`, uid);
  }

  /** For `status.volumesInUse`: mounted, or about to be. */
  get inUse(): readonly string[] {
    return [...this.#inUse.keys()].sort();
  }

  /** Pods that have a folder here. */
  get uids(): readonly string[] {
    return this.#files.list(PODS).map((name) => name.replace(/\/$/, ''));
  }

  /** Undefined when the volume is no claim. @throws MountError */
  async setUp(pod: Pod, volume: Volume): Promise<ClaimFolder | undefined> {
    const name =
      volume.persistentVolumeClaim?.claimName ??
      (volume.ephemeral === undefined ? undefined : `${metaOf(pod).name}-${volume.name}`);
    if (name === undefined) return undefined;
    const claim = await this.#claim(pod, volume, name);
    const persistent = await this.#volume(claim);
    const { spec } = persistent;
    const volumeName = persistent.metadata?.name ?? '';
    if (spec?.hostPath !== undefined) {
      checkHostPath(this.#files, volumeName, spec.hostPath);
      return { folder: spec.hostPath.path.replace(/(?<=.)\/+$/, ''), watched: false };
    }
    if (spec?.local !== undefined) {
      if (!this.#files.exists(spec.local.path))
        throw new MountError(
          'mount',
          `MountVolume.NewMounter initialization failed for volume ${JSON.stringify(volumeName)} : path ${JSON.stringify(spec.local.path)} does not exist`,
        );
      return { folder: spec.local.path, watched: false };
    }
    if (spec?.csi !== undefined) return this.#publish(pod, volume, claim, persistent, spec.csi);
    const kind = Object.keys(spec ?? {}).find((key) => ['nfs', 'iscsi', 'fc', 'cephfs'].includes(key));
    throw new MountError(
      'mount',
      `MountVolume.SetUp failed for volume ${JSON.stringify(volumeName)} : ${kind ?? 'such'} volumes are not modelled`,
    );
  }

  /** Takes a Pod's CSI volumes away, and off the node when it was the last to use them. @throws CsiError */
  async tearDown(uid: string): Promise<void> {
    for (const { folder, driverName, volumeHandle } of this.#mounts(uid)) {
      const client = this.#plugins.client(driverName);
      if (client === undefined)
        throw new CsiError(
          'Unavailable',
          `driver name ${driverName} not found in the list of registered CSI drivers`,
        );
      await client.call('NodeUnpublishVolume', { volumeId: volumeHandle, targetPath: `${folder}/mount` });
      if (this.#files.exists(folder)) this.#files.remove(folder);
      const others = this.uids.some((other) =>
        this.#mounts(other).some((one) => one.volumeHandle === volumeHandle),
      );
      if (others) continue;
      const stagingTargetPath = deviceMountPath(driverName, volumeHandle);
      await client.call('NodeUnstageVolume', { volumeId: volumeHandle, stagingTargetPath });
    }
    let changed = false;
    for (const [unique, users] of this.#inUse) {
      users.delete(uid);
      if (users.size === 0) changed = this.#inUse.delete(unique) || changed;
    }
    if (changed) await this.#nodeVolumes.report();
  }

  /** Whether a Pod still has something mounted that only a driver can take away, or waits for such. */
  has(uid: string): boolean {
    return this.#mounts(uid).length > 0 || [...this.#inUse.values()].some((users) => users.has(uid));
  }

  #use(unique: string, uid: string): void {
    const users = this.#inUse.get(unique) ?? new Set();
    users.add(uid);
    this.#inUse.set(unique, users);
  }

  async #claim(pod: Pod, volume: Volume, name: string): Promise<PersistentVolumeClaim> {
    const { namespace } = metaOf(pod);
    const failed = (why: string): MountError =>
      new MountError('process', `error processing PVC ${namespace}/${name}: ${why}`);
    const claim = await this.#get<PersistentVolumeClaim>(
      resourceTypes.persistentVolumeClaims,
      namespace,
      name,
      (why) => failed(`failed to fetch PVC from API server: ${why}`),
    );
    const foreign = volume.ephemeral === undefined ? undefined : notForPod(pod, claim);
    if (foreign !== undefined) throw failed(foreign);
    if (claim.metadata?.deletionTimestamp !== undefined) throw failed('PVC is being deleted');
    if (claim.status?.phase !== 'Bound' || (claim.spec?.volumeName ?? '') === '')
      throw failed('PVC is not bound');
    if (claim.spec?.volumeMode === 'Block')
      throw failed('volumeMode Block is not modelled: only file systems can be mounted here');
    return claim;
  }

  async #volume(claim: PersistentVolumeClaim): Promise<PersistentVolume> {
    const { namespace = '', name = '', uid } = claim.metadata ?? {};
    const volumeName = claim.spec?.volumeName ?? '';
    const failed = (why: string): MountError =>
      new MountError('process', `error processing PVC ${namespace}/${name}: ${why}`);
    const volume = await this.#get<PersistentVolume>(
      resourceTypes.persistentVolumes,
      undefined,
      volumeName,
      (why) => failed(`failed to fetch PV ${JSON.stringify(volumeName)} from API server: ${why}`),
    );
    if (volume.spec?.claimRef?.uid !== uid)
      throw failed(`PV ${JSON.stringify(volumeName)} is not bound to this PVC`);
    return volume;
  }

  async #publish(
    pod: Pod,
    volume: Volume,
    claim: PersistentVolumeClaim,
    persistent: PersistentVolume,
    { driver, volumeHandle }: { readonly driver: string; readonly volumeHandle: string },
  ): Promise<ClaimFolder> {
    const name = JSON.stringify(persistent.metadata?.name ?? '');
    const unique = uniqueVolumeName(persistent) ?? '';
    const publishContext = await this.#attached(pod, persistent, driver, volumeHandle, unique);
    const client = this.#plugins.client(driver);
    if (client === undefined)
      throw new MountError(
        'mount',
        `MountVolume.MountDevice failed for volume ${name} : kubernetes.io/csi: attacher.MountDevice failed to create newCSIDriverClient: driver name ${driver} not found in the list of registered CSI drivers`,
      );
    const stagingTargetPath = deviceMountPath(driver, volumeHandle);
    await step(`MountVolume.MountDevice failed for volume ${name}`, () =>
      client.call('NodeStageVolume', { volumeId: volumeHandle, publishContext, stagingTargetPath }),
    );
    const folder = `${PODS}/${uidOf(pod)}/volumes/${CSI}/${persistent.metadata?.name ?? ''}`;
    const data: VolumeData = { driverName: driver, volumeHandle };
    const text = JSON.stringify({
      attachmentID: attachmentName(volumeHandle, driver, this.#node),
      ...data,
      nodeName: this.#node,
      specVolID: persistent.metadata?.name ?? '',
      volumeLifecycleMode: 'Persistent',
    });
    if (!this.#files.exists(`${folder}/vol_data.json`)) this.#files.write(`${folder}/vol_data.json`, text);
    await step(`MountVolume.SetUp failed for volume ${name}`, () =>
      client.call('NodePublishVolume', {
        volumeId: volumeHandle,
        stagingTargetPath,
        targetPath: `${folder}/mount`,
        readonly: volume.persistentVolumeClaim?.readOnly === true,
      }),
    );
    await this.#growth.expand(pod, claim, persistent, client, stagingTargetPath);
    return { folder: `${folder}/mount`, watched: true };
  }

  /** What the driver said of the attachment, once the node may use the volume. @throws MountError while it is not attached */
  async #attached(
    pod: Pod,
    persistent: PersistentVolume,
    driver: string,
    handle: string,
    unique: string,
  ): Promise<Readonly<Record<string, string>>> {
    const failed = (why: string): MountError => new MountError('attach', why);
    let required = true;
    try {
      const object = await this.#client.resource<CSIDriver>(resourceTypes.csiDrivers).get(driver);
      required = object.spec.attachRequired !== false;
    } catch (error) {
      if (!isNotFound(error)) throw failed(error instanceof Error ? error.message : String(error));
    }
    if (!required) return {};
    this.#use(unique, uidOf(pod));
    const attached = await this.#nodeVolumes.report();
    if (!attached.includes(unique))
      throw failed(
        `volume not attached according to node status for volume ${JSON.stringify(persistent.metadata?.name ?? '')}`,
      );
    const attachment = await this.#get<VolumeAttachment>(
      resourceTypes.volumeAttachments,
      undefined,
      attachmentName(handle, driver, this.#node),
      failed,
    );
    return (attachment.status?.attachmentMetadata ?? {}) as Readonly<Record<string, string>>;
  }

  async #get<T extends PersistentVolume | PersistentVolumeClaim | VolumeAttachment>(
    type: { readonly group: string; readonly version: string; readonly resource: string },
    namespace: string | undefined,
    name: string,
    failed: (why: string) => MountError,
  ): Promise<T> {
    try {
      return await this.#client.resource<T>(type, namespace).get(name);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      throw failed(error instanceof Error ? error.message : String(error));
    }
  }

  #mounts(uid: string): (VolumeData & { readonly folder: string })[] {
    const root = `${PODS}/${uid}/volumes/${CSI}`;
    return this.#files.list(root).flatMap((name) => {
      const folder = `${root}/${name.replace(/\/$/, '')}`;
      const path = `${folder}/vol_data.json`;
      return this.#files.exists(path)
        ? [{ ...(JSON.parse(this.#files.read(path)) as VolumeData), folder }]
        : [];
    });
  }
}

/** A call of the driver whose failure is told of with `what` before it. */
async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CsiError)) throw error;
    throw new MountError('mount', `${what} : ${error.message}`);
  }
}
