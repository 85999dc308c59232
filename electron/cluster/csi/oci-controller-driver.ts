import type { Clock } from '../../base/clock.ts';
import type { Rand } from '../../base/rand.ts';
import { requestedStorage } from '../api/helpers/persistent-volumes.ts';
import type { CSINode, PersistentVolume } from '../api/types.ts';
import { nameOf } from '../apimachinery/meta.ts';
import { parseQuantity } from '../apimachinery/quantity.ts';
import type { Lister } from '../client/lister.ts';
import type { BlockVolumeService } from '../cloud/oci/interface.ts';
import { CloudError } from '../cloud/oci/interface.ts';
import type {
  ControllerDriver,
  ProvisionRequest,
  ProvisionedVolume,
  VolumeMaker,
} from './controller-driver.ts';
import { CsiError } from './interface.ts';
import { OCI_DRIVER, PUBLISHED_DEVICE } from './oci-driver.ts';
import { quantityOf } from './quantity-of.ts';

const GIB = 1024 ** 3;
const MIN_SIZE = 50 * GIB;
const MAX_SIZE = 32 * 1024 * GIB;
const ZONE = 'topology.kubernetes.io/zone';
const POLL = 1_000;
const TIMEOUT = 120_000;

/** Bytes of the volume for a request: whole GiB, 50 at least. @throws CsiError */
export function sizeFor(request: string): number {
  const bytes = Number(parseQuantity(request).nanos / 1_000_000_000n);
  const size = Math.max(MIN_SIZE, Math.ceil(bytes / GIB) * GIB);
  if (size > MAX_SIZE)
    throw new CsiError(
      'OutOfRange',
      `invalid capacity range: required (${quantityOf(size)}) can not exceed maximum supported volume size (32Ti)`,
    );
  return size;
}

/**
 * OCI's Block Volume driver beside the control plane: makes, attaches, grows and removes volumes. Models
 * oracle/oci-cloud-controller-manager pkg/csi/driver/bv_controller.go.
 */
export class OciControllerDriver implements ControllerDriver, VolumeMaker {
  readonly name = OCI_DRIVER;
  readonly #clock: Clock;
  readonly #cloud: BlockVolumeService;
  readonly #nodes: Lister<CSINode>;
  readonly #zoneOf: (node: string) => string | undefined;
  /** Of this run of the driver. */
  readonly #identity: string;
  readonly #attachedTo: (volume: PersistentVolume) => readonly string[];

  /** `zoneOf`: zone of a Node, by its label. `attachedTo`: nodes that a volume has attachments to. */
  constructor(
    clock: Clock,
    rand: Rand,
    cloud: BlockVolumeService,
    nodes: Lister<CSINode>,
    zoneOf: (node: string) => string | undefined,
    attachedTo: (volume: PersistentVolume) => readonly string[],
  ) {
    this.#clock = clock;
    this.#identity = `${clock.now()}-${rand.int(10_000)}-${OCI_DRIVER}`;
    this.#cloud = cloud;
    this.#nodes = nodes;
    this.#zoneOf = zoneOf;
    this.#attachedTo = attachedTo;
  }

  async provision({ claim, storageClass, volumeName, node }: ProvisionRequest): Promise<ProvisionedVolume> {
    const modes = claim.spec?.accessModes ?? [];
    if (modes.some((mode) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod'))
      throw new CsiError('InvalidArgument', 'Requested Volume Capability not supported');
    if (claim.spec?.volumeMode === 'Block')
      throw new CsiError(
        'InvalidArgument',
        'volumeMode Block is not modelled: only file systems can be mounted here',
      );
    const size = sizeFor(requestedStorage(claim));
    const domain = node === undefined ? this.#anyDomain() : this.#domainOf(nameOf(node));
    const { id } = await this.#call(() => this.#cloud.create(volumeName, domain, size));
    await this.#until(
      () => this.#cloud.get(id)?.lifecycleState === 'AVAILABLE',
      `volume ${id} to be available`,
    );
    const attributes: Record<string, string> = {
      'storage.kubernetes.io/csiProvisionerIdentity': this.#identity,
      attachmentType: storageClass.parameters?.['attachment-type'] ?? 'iscsi',
      vpusPerGB: storageClass.parameters?.['vpusPerGB'] ?? '10',
    };
    return {
      source: {
        csi: {
          driver: OCI_DRIVER,
          fsType: storageClass.parameters?.['csi.storage.k8s.io/fstype'] ?? 'ext4',
          volumeHandle: id,
          volumeAttributes: attributes,
        },
      },
      capacity: quantityOf(size),
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [domain] }] }],
        },
      },
      annotations: {
        'volume.kubernetes.io/provisioner-deletion-secret-name': '',
        'volume.kubernetes.io/provisioner-deletion-secret-namespace': '',
      },
    };
  }

  async delete(volume: PersistentVolume): Promise<void> {
    const [node] = this.#attachedTo(volume);
    if (node !== undefined)
      throw new Error(`persistentvolume ${nameOf(volume)} is still attached to node ${node}`);
    await this.#call(() => this.#cloud.delete(volume.spec?.csi?.volumeHandle ?? ''));
  }

  async publish(volumeId: string, nodeId: string): Promise<Readonly<Record<string, string>>> {
    // What is being detached is waited for; the attacher asks again.
    await this.#call(() => this.#cloud.attach(volumeId, nodeId));
    await this.#until(
      () => this.#cloud.attachment(volumeId)?.lifecycleState === 'ATTACHED',
      `volume ${volumeId} to be attached`,
    );
    const attachment = this.#cloud.attachment(volumeId);
    if (attachment?.instance !== nodeId)
      throw new CsiError('Internal', `volume ${volumeId} was detached meanwhile`);
    return { [PUBLISHED_DEVICE]: attachment.device };
  }

  async unpublish(volumeId: string, nodeId: string): Promise<void> {
    await this.#call(() => this.#cloud.detach(volumeId, nodeId));
    await this.#until(
      () => this.#cloud.attachment(volumeId)?.instance !== nodeId,
      `volume ${volumeId} to be detached`,
    );
  }

  async expand(volumeId: string, bytes: number): Promise<number> {
    const size = sizeFor(String(bytes));
    await this.#call(() => this.#cloud.resize(volumeId, size));
    return size;
  }

  /** A class that does not wait for a Pod leaves the place to the driver: the first that has nodes. */
  #anyDomain(): string {
    const zones = this.#nodes
      .list()
      .flatMap((node) => (this.#isRegistered(nameOf(node)) ? (this.#zoneOf(nameOf(node)) ?? []) : []));
    const [first] = zones.sort();
    if (first === undefined)
      throw new Error('error generating accessibility requirements: no available topology found');
    return first;
  }

  #domainOf(node: string): string {
    const zone = this.#isRegistered(node) ? this.#zoneOf(node) : undefined;
    if (zone === undefined)
      throw new Error(
        `error generating accessibility requirements: no topology key found on CSINode ${node}`,
      );
    return zone;
  }

  #isRegistered(node: string): boolean {
    return this.#nodes.get(node)?.spec?.drivers?.some(({ name }) => name === OCI_DRIVER) ?? false;
  }

  /** @throws CsiError with what the cloud said */
  async #call<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      throw new CsiError('Internal', error.message);
    }
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    for (let waited = 0; !done(); waited += POLL) {
      if (waited >= TIMEOUT) throw new CsiError('DeadlineExceeded', `timed out waiting for ${what}`);
      await this.#clock.sleep(POLL);
    }
  }
}
