import type { BlockVolumeService } from '../cloud/oci/interface.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import { CsiServer } from './csi-server.ts';
import { CSI_PLUGINS, CsiError, PLUGINS_REGISTRY } from './interface.ts';
import { OCI_DRIVER, PUBLISHED_DEVICE } from './oci-driver.ts';

/** Most instances take no more attachments. */
const MAX_VOLUMES = 32;

/**
 * OCI's Block Volume driver on a node: tells the kubelet of itself, mounts and unmounts. Its registrar is part of the same
 * process. Models oracle/oci-cloud-controller-manager pkg/csi/driver/bv_node.go.
 */
export function ociNodeDriver(volumes: BlockVolumeService): Program {
  return (process) => run(process, volumes);
}

async function run(process: ProcessContext, volumes: BlockVolumeService): Promise<number> {
  const { files, machine } = process;
  const endpoint = `${CSI_PLUGINS}/${OCI_DRIVER}/csi.sock`;
  const registration = `${PLUGINS_REGISTRY}/${OCI_DRIVER}-reg.sock`;
  const mounted = (folder: string): boolean => files.mounts().some((mount) => mount.folder === folder);
  const server = new CsiServer(process, {
    GetInfo: () => Promise.resolve({ name: OCI_DRIVER, endpoint }),
    NodeGetInfo: () =>
      Promise.resolve({
        nodeId: machine.name,
        maxVolumesPerNode: MAX_VOLUMES,
        topology: { 'topology.kubernetes.io/zone': machine.zone ?? '' },
      }),
    NodeStageVolume: async ({ publishContext, stagingTargetPath }) => {
      const device = publishContext[PUBLISHED_DEVICE];
      if (device === undefined) throw new CsiError('InvalidArgument', 'PublishContext must be provided');
      if (mounted(stagingTargetPath)) return {};
      try {
        files.mount(device, stagingTargetPath);
      } catch (error) {
        throw new CsiError('Internal', error instanceof Error ? error.message : String(error));
      }
      // What mkfs.ext4 leaves on a disk that was empty.
      if (files.list(stagingTargetPath).length === 0) files.makeFolder(`${stagingTargetPath}/lost+found`);
      process.stderr(`NodeStageVolume: mounted ${device} at ${stagingTargetPath}`);
      return {};
    },
    NodeUnstageVolume: ({ stagingTargetPath }) => {
      if (mounted(stagingTargetPath)) files.unmount(stagingTargetPath);
      if (files.exists(stagingTargetPath)) files.remove(stagingTargetPath);
      return Promise.resolve({});
    },
    NodePublishVolume: async ({ stagingTargetPath, targetPath }) => {
      const staged = files.mounts().find(({ folder }) => folder === stagingTargetPath);
      if (staged === undefined)
        throw new CsiError('Internal', `staging path ${stagingTargetPath} is not mounted`);
      if (!mounted(targetPath)) files.mount(staged.device, targetPath);
      return {};
    },
    NodeUnpublishVolume: ({ targetPath }) => {
      if (mounted(targetPath)) files.unmount(targetPath);
      if (files.exists(targetPath)) files.remove(targetPath);
      return Promise.resolve({});
    },
    NodeExpandVolume: async ({ volumeId }) => {
      const volume = volumes.get(volumeId);
      if (volume === undefined) throw new CsiError('NotFound', `volume ${volumeId} not found`);
      return { capacityBytes: volume.size };
    },
  });
  server.listen(endpoint);
  server.listen(registration);
  files.write(registration, '');
  process.stderr(`Listening for connections on address: ${endpoint}`);
  return new Promise<number>((resolve) => {
    process.onTerminate(() => {
      if (files.exists(registration)) files.remove(registration);
      resolve(0);
    });
  });
}
