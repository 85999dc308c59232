import type { Simulation } from '../base/simulation.ts';
import type { KubeObject } from './api/types.ts';
import { BlockVolumes } from './cloud/oci/block-volumes.ts';
import { localPathObjects } from './csi/local-path-objects.ts';
import { localPathProgram } from './csi/local-path-program.ts';
import { ociController } from './csi/oci-controller.ts';
import { ociNodeDriver } from './csi/oci-node-driver.ts';
import { ociObjects } from './csi/oci-objects.ts';
import type { ContainerFiles } from './images/container/interface.ts';
import { StoredState } from './machine/local-state.ts';
import type { MachineStore } from './machine/local-state.ts';
import type { Devices } from './machine/disk-mounts.ts';
import type { Program } from './machine/interface.ts';
import type { TopologySpec } from './topology/interface.ts';

/** Under this name the host keeps the cloud's volumes; it is no machine. */
const CLOUD = 'oci-block-volumes';

/** What provides the volumes of a topology: programs, objects of a new cluster, and the disks that machines may have attached. */
export class VolumeProviders {
  /** Programs of images, by repository. */
  readonly images: ReadonlyMap<string, (files: ContainerFiles) => Program>;
  /** Beside a managed control plane. */
  readonly controller: Program | undefined;
  readonly objects: readonly KubeObject[];
  readonly #volumes: BlockVolumes | undefined;

  /** `server`: `https://HOST:PORT` */
  constructor(
    topology: TopologySpec,
    simulation: Simulation,
    store: (name: string) => MachineStore,
    server: string,
  ) {
    const images = new Map<string, (files: ContainerFiles) => Program>([
      ['docker.io/rancher/local-path-provisioner', localPathProgram],
    ]);
    this.images = images;
    if (topology.storage === 'local-path') {
      const { hostname: host, port } = new URL(server);
      this.objects = localPathObjects({ host, port: Number(port) });
      return;
    }
    const zones = new Map(topology.machines.map(({ name, zone }) => [name, zone]));
    const volumes = new BlockVolumes(
      new StoredState(store(CLOUD)),
      topology.machines.find(({ region }) => region !== undefined)?.region ?? '',
      (instance) => zones.get(instance),
      simulation.createContext('oci/block-volume').clock,
      simulation.rand,
    );
    this.#volumes = volumes;
    this.objects = ociObjects();
    this.controller = ociController(volumes);
    images.set('ghcr.io/oracle/cloud-provider-oci', () => ociNodeDriver(volumes));
  }

  /** The disks of the cloud that a machine has. */
  devicesOf(machine: string): Devices {
    return (device) => this.#volumes?.disk(machine, device);
  }
}
