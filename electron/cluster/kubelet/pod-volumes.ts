import type { Disposable } from '../../base/disposable.ts';
import type { Container, Pod, Volume } from '../api/types.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { ContainerConfig } from '../cri/interface.ts';
import { CsiError } from '../csi/interface.ts';
import type { FileSystem, MachineSpec } from '../machine/interface.ts';
import { filePathOf } from '../../base/windows-path.ts';
import type { ClaimVolumes } from './claim-volumes.ts';
import { checkHostPath } from './host-path.ts';
import type { MountStage } from './mount-error.ts';
import { MountError } from './mount-error.ts';
import { fullNameOf, uidOf } from './pod-accessors.ts';
import type { VolumeContents, VolumeFiles } from './volume-content.ts';

const PODS = '/var/lib/kubelet/pods';
/** A running Pod is looked at every minute and up to half as much again: `syncFrequency` and its jitter. */
const SYNC_FREQUENCY = 60_000;
const SYNC_JITTER = 0.5;
const FIRST_UNMOUNT_RETRY = 500;
const LAST_UNMOUNT_RETRY = 122_000;

type Mounts = NonNullable<ContainerConfig['mounts']>;

/** Kinds that are mounted, and what their plugins are called in paths. */
const PLUGINS = {
  configMap: 'configmap',
  secret: 'secret',
  downwardAPI: 'downward-api',
  emptyDir: 'empty-dir',
  projected: 'projected',
} as const;

type System = MachineSpec['os'];

/** A path as a Pod's author writes it for a machine, or for a container on it. */
function pathOn(os: System, path: string): string {
  return os === 'windows' ? (filePathOf(path) ?? path) : path.replace(/(?<=.)\/+$/, '');
}

/** Folder of a volume on the machine; undefined for kinds that are not mounted. */
function folderOf(pod: Pod, volume: Volume, os: System): string | undefined {
  if (volume.hostPath !== undefined) return pathOn(os, volume.hostPath.path);
  const kind = (Object.keys(PLUGINS) as (keyof typeof PLUGINS)[]).find(
    (candidate) => volume[candidate] !== undefined,
  );
  if (kind === undefined) return undefined;
  return `${PODS}/${uidOf(pod)}/volumes/kubernetes.io~${PLUGINS[kind]}/${volume.name}`;
}

/** A volume that could not be mounted. */
export interface MountFailure {
  readonly volume: string;
  readonly stage: MountStage;
  /** What upstream says of it. */
  readonly message: string;
}

/** What a Pod has here. */
interface Mounted {
  /** As it was seen last. */
  pod: Pod;
  /** By folder: what was written into it last. */
  readonly written: Map<string, VolumeFiles>;
  /** Folders of claims, by the volume's name. */
  readonly claims: Map<string, string>;
  timer: Disposable | undefined;
  refreshAt: number;
}

/**
 * Volumes of the node's Pods as folders of its machine: config maps, secrets, downward API, projected (these four follow what
 * they show while the Pod runs), emptyDir, hostPath and claims. Images are not mounted. Models pkg/kubelet/volumemanager (v1.34).
 */
export class PodVolumes {
  readonly #context: ComponentContext;
  readonly #files: FileSystem;
  readonly #contents: VolumeContents;
  readonly #claims: ClaimVolumes;
  readonly #os: System;
  readonly #mounted = new Map<string, Mounted>();

  constructor(
    context: ComponentContext,
    files: FileSystem,
    contents: VolumeContents,
    claims: ClaimVolumes,
    os: System = 'linux',
  ) {
    this.#os = os;
    this.#context = context;
    this.#files = files;
    this.#contents = contents;
    this.#claims = claims;
  }

  /** Makes and fills the folders. Resolves to what could not be mounted. */
  async setUp(pod: Pod): Promise<MountFailure[]> {
    const failed: MountFailure[] = [];
    let mounted = this.#mounted.get(uidOf(pod));
    if (mounted === undefined) {
      mounted = { pod, written: new Map(), claims: new Map(), timer: undefined, refreshAt: Infinity };
      this.#mounted.set(uidOf(pod), mounted);
    }
    mounted.pod = pod;
    let refreshAt = Infinity;
    for (const volume of pod.spec?.volumes ?? []) {
      try {
        if (volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined) {
          const claim = await this.#claims.setUp(pod, volume);
          if (claim !== undefined) mounted.claims.set(volume.name, claim.folder);
          if (claim?.watched === true) refreshAt = Math.min(refreshAt, this.#context.clock.now());
          continue;
        }
        const folder = folderOf(pod, volume, this.#os);
        if (folder === undefined) continue;
        if (volume.hostPath !== undefined)
          checkHostPath(this.#files, volume.name, { ...volume.hostPath, path: folder });
        if (volume.emptyDir !== undefined && !this.#files.isFolder(folder))
          this.#files.makeFolder(folder, this.#inMemory(volume) ? 'memory' : 'disk');
        const content = await this.#contents.of(pod, volume);
        if (this.#mounted.get(uidOf(pod)) !== mounted) return failed;
        if (content === undefined) continue;
        this.#write(mounted, folder, content.files);
        refreshAt = Math.min(refreshAt, content.refreshAt);
      } catch (error) {
        if (error instanceof TypeError) throw error;
        const text = error instanceof Error ? error.message : String(error);
        failed.push(
          error instanceof MountError
            ? { volume: volume.name, stage: error.stage, message: text }
            : {
                volume: volume.name,
                stage: 'mount',
                message: `MountVolume.SetUp failed for volume "${volume.name}" : ${text}`,
              },
        );
      }
    }
    this.#refreshAfter(mounted, refreshAt);
    return failed;
  }

  /** Brings the volumes of a Pod that runs to what they show now. */
  async refresh(pod: Pod): Promise<void> {
    if (!this.#mounted.has(uidOf(pod))) return;
    const failed = await this.setUp(pod);
    for (const { message } of failed)
      this.#context.log.error('Error syncing pod volumes', { pod: fullNameOf(pod), err: message });
    if (failed.length > 0) this.refreshLater(pod);
  }

  /** Something that a running Pod's volumes show is another: it is seen when the Pod is looked at next. */
  refreshLater(pod: Pod): void {
    const mounted = this.#mounted.get(uidOf(pod));
    if (mounted !== undefined) this.#refreshAfter(mounted, this.#context.clock.now());
  }

  /** A container's mounts. `expand` fills in the variables of a `subPathExpr`. */
  mountsOf(pod: Pod, container: Container, expand: (text: string) => string): Mounts {
    const volumes = new Map((pod.spec?.volumes ?? []).map((volume) => [volume.name, volume]));
    return (container.volumeMounts ?? []).flatMap(
      ({ name, mountPath, readOnly, subPath, subPathExpr }, index) => {
        const volume = volumes.get(name);
        const claim = this.#mounted.get(uidOf(pod))?.claims.get(name);
        const folder = claim ?? (volume === undefined ? undefined : folderOf(pod, volume, this.#os));
        if (volume === undefined || folder === undefined) return [];
        const own = claim === undefined && volume.emptyDir === undefined && volume.hostPath === undefined;
        const below = subPathExpr === undefined ? subPath : expand(subPathExpr);
        let hostPath = folder;
        if (below !== undefined && below !== '') {
          hostPath = own
            ? `${PODS}/${uidOf(pod)}/volume-subpaths/${name}/${container.name}/${index}`
            : `${folder}/${below}`;
          if (own) this.#freeze(`${folder}/${below}`, hostPath);
          else if (!this.#files.exists(hostPath)) this.#files.makeFolder(hostPath);
        }
        return [
          {
            containerPath: pathOn(this.#os, mountPath),
            hostPath,
            // What the kubelet writes nobody else may.
            readonly: readOnly === true || own || volume.persistentVolumeClaim?.readOnly === true,
          },
        ];
      },
    );
  }

  /** Volumes of a Pod that take room on the node's disk, by folder. */
  localFolders(pod: Pod): { readonly name: string; readonly folder: string; readonly inMemory: boolean }[] {
    return (pod.spec?.volumes ?? []).flatMap((volume) => {
      const isLocal = [volume.emptyDir, volume.configMap, volume.downwardAPI].some(
        (kind) => kind !== undefined,
      );
      const folder = isLocal ? folderOf(pod, volume, this.#os) : undefined;
      return folder === undefined ? [] : [{ name: volume.name, folder, inMemory: this.#inMemory(volume) }];
    });
  }

  /** Nothing of the Pod runs or will run: its volumes go, and what was in an emptyDir with them. Claims have to be gone before. */
  unmount(uid: string): void {
    if (this.#claims.has(uid)) return;
    this.#mounted.get(uid)?.timer?.dispose();
    this.#mounted.delete(uid);
    for (const folder of ['volumes', 'volume-subpaths'])
      if (this.#files.exists(`${PODS}/${uid}/${folder}`)) this.#files.remove(`${PODS}/${uid}/${folder}`);
  }

  /** Whether only a storage driver can take away what a Pod has here. */
  isHeld(uid: string): boolean {
    return this.#claims.has(uid);
  }

  /** Takes a Pod's claims away: nothing of it runs any more. Tries until the drivers have done it. */
  async unmountClaims(uid: string): Promise<void> {
    const { clock, log } = this.#context;
    for (
      let delay = FIRST_UNMOUNT_RETRY;
      this.#claims.has(uid);
      delay = Math.min(delay * 2, LAST_UNMOUNT_RETRY)
    ) {
      try {
        await this.#claims.tearDown(uid);
        return;
      } catch (error) {
        if (!(error instanceof CsiError)) throw error;
        log.error('UnmountVolume.TearDown failed', { uid, err: error.message });
        await clock.sleep(delay);
      }
    }
  }

  /** Removes what a Pod had here, its claims excepted. */
  tearDown(uid: string): void {
    this.#mounted.get(uid)?.timer?.dispose();
    this.#mounted.delete(uid);
    this.#contents.forget(uid);
    const folder = `${PODS}/${uid}`;
    if (this.#files.exists(folder)) this.#files.remove(folder);
  }

  /** Windows has no tmpfs: what is to be in memory is a folder on its disk. Models mount_windows.go (k8s.io/mount-utils). */
  #inMemory(volume: Volume): boolean {
    return this.#os === 'linux' && volume.emptyDir?.medium === 'Memory';
  }

  #refreshAfter(mounted: Mounted, time: number): void {
    if (time === Infinity || (mounted.timer !== undefined && mounted.refreshAt <= time)) return;
    const { clock, rand } = this.#context;
    mounted.timer?.dispose();
    mounted.refreshAt = time;
    const untilSync = rand.float() * SYNC_FREQUENCY * (1 + SYNC_JITTER * rand.float());
    mounted.timer = clock.setTimeout(
      () => {
        mounted.timer = undefined;
        this.#context.go(() => this.refresh(mounted.pod));
      },
      Math.max(0, time - clock.now()) + untilSync,
    );
  }

  /** Writes what differs and removes what is no more. */
  #write(mounted: Mounted, folder: string, files: VolumeFiles): void {
    const before = mounted.written.get(folder);
    const old = before?.keys() ?? (this.#files.isFolder(folder) ? this.#below(folder, '') : []);
    for (const name of [...old]) if (!files.has(name)) this.#files.remove(`${folder}/${name}`);
    for (const [name, text] of files) {
      const path = `${folder}/${name}`;
      if (before?.get(name) === text && this.#files.exists(path)) continue;
      if (typeof text === 'function') this.#files.provide(path, text);
      else this.#files.write(path, text);
    }
    mounted.written.set(folder, files);
  }

  /** A bind mount of a file or folder in a volume keeps what was there when the container was made. */
  #freeze(from: string, to: string): void {
    if (this.#files.exists(to)) this.#files.remove(to);
    if (this.#files.isFolder(from))
      for (const name of this.#below(from, ''))
        this.#files.write(`${to}/${name}`, this.#files.read(`${from}/${name}`));
    else if (this.#files.exists(from)) this.#files.write(to, this.#files.read(from));
  }

  #below(folder: string, prefix: string): string[] {
    return this.#files
      .list(`${folder}/${prefix}`)
      .flatMap((name) =>
        name.endsWith('/') ? this.#below(folder, `${prefix}${name}`) : [`${prefix}${name}`],
      );
  }
}
