import type { Clock } from '../../../base/clock.ts';
import type { Rand } from '../../../base/rand.ts';
import type { DiskFiles } from '../../machine/disk-mounts.ts';
import { DiskMounts } from '../../machine/disk-mounts.ts';
import { CountedDisk } from '../../machine/disk.ts';
import type { FileSystem, LocalState } from '../../machine/interface.ts';
import { MachineFiles } from '../../machine/file-system.ts';
import type { BlockVolume, BlockVolumeService, VolumeAttachmentState } from './interface.ts';
import { CloudError } from './interface.ts';

const VOLUME = 'volume:';
/** What is on the disks: a folder for each volume. */
const DISKS = '/volumes';
/** Milliseconds that the service takes, about as one sees of it. */
const CREATE = 6_000;
const ATTACH = 8_000;
const DETACH = 5_000;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** What is kept of a volume. Times are virtual milliseconds. */
interface Stored {
  readonly id: string;
  readonly displayName: string;
  readonly availabilityDomain: string;
  readonly size: number;
  readonly availableAt: number;
  readonly attachment?: {
    readonly instance: string;
    readonly device: string;
    readonly attachedAt: number;
    readonly detachedAt?: number;
  };
}

/** Volumes with what is written on them, in one region. The stand-in for OCI's Block Volume service. */
export class BlockVolumes implements BlockVolumeService {
  readonly #state: LocalState;
  readonly #region: string;
  readonly #domainOf: (instance: string) => string | undefined;
  readonly #now: () => number;
  readonly #rand: Rand;
  readonly #disks: FileSystem;

  /** `domainOf`: availability domain of an instance; undefined when there is no such instance. */
  constructor(
    state: LocalState,
    region: string,
    domainOf: (instance: string) => string | undefined,
    clock: Clock,
    rand: Rand,
  ) {
    this.#state = state;
    this.#region = region;
    this.#domainOf = domainOf;
    this.#now = () => clock.now();
    const files = new MachineFiles(state, new CountedDisk(Number.MAX_SAFE_INTEGER), this.#now);
    this.#disks = new DiskMounts(files, state, () => undefined).view(clock, () => undefined);
    this.#rand = rand;
  }

  create(displayName: string, availabilityDomain: string, size: number): BlockVolume {
    const present = this.#all().find((volume) => volume.displayName === displayName);
    if (present !== undefined) {
      if (present.size === size && present.availabilityDomain === availabilityDomain)
        return this.#shown(present);
      throw new CloudError(409, 'Conflict', `The volume ${displayName} exists with another size or place`);
    }
    const id = `ocid1.volume.oc1.${this.#region}.${this.#rand.string(60, `${LETTERS}234567`)}`;
    const availableAt = this.#now() + CREATE;
    this.#disks.makeFolder(`${DISKS}/${id}`);
    return this.#shown(this.#put({ id, displayName, availabilityDomain, size, availableAt }));
  }

  get(id: string): BlockVolume | undefined {
    const stored = this.#find(id);
    return stored === undefined ? undefined : this.#shown(stored);
  }

  delete(id: string): void {
    const stored = this.#find(id);
    if (stored === undefined) return;
    if (stored.attachment !== undefined)
      throw new CloudError(
        409,
        'Conflict',
        `The volume ${id} is attached to instance ${stored.attachment.instance}`,
      );
    this.#state.delete(VOLUME + id);
    if (this.#disks.exists(`${DISKS}/${id}`)) this.#disks.remove(`${DISKS}/${id}`);
  }

  attach(id: string, instance: string): void {
    const stored = this.#find(id);
    const domain = this.#domainOf(instance);
    if (stored === undefined || domain === undefined)
      throw new CloudError(
        404,
        'NotAuthorizedOrNotFound',
        'Authorization failed or requested resource not found.',
      );
    const { attachment } = stored;
    if (attachment !== undefined) {
      if (attachment.instance === instance && attachment.detachedAt === undefined) return;
      throw new CloudError(
        409,
        'Conflict',
        `The volume ${id} is ${attachment.detachedAt === undefined ? 'attached to' : 'being detached from'} instance ${attachment.instance}`,
      );
    }
    if (domain !== stored.availabilityDomain)
      throw new CloudError(
        400,
        'InvalidParameter',
        `The volume ${id} and the instance ${instance} are not in the same availability domain`,
      );
    const taken = new Set(
      this.#all().flatMap((one) => (one.attachment?.instance === instance ? [one.attachment.device] : [])),
    );
    const letters = [...LETTERS].slice(1).flatMap((letter) => [letter]);
    const names = [...letters, ...letters.map((letter) => `a${letter}`)].map(
      (end) => `/dev/oracleoci/oraclevd${end}`,
    );
    const device = names.slice(0, 32).find((name) => !taken.has(name));
    if (device === undefined)
      throw new CloudError(400, 'LimitExceeded', `The instance ${instance} has 32 volumes attached already`);
    this.#put({ ...stored, attachment: { instance, device, attachedAt: this.#now() + ATTACH } });
  }

  detach(id: string, instance: string): void {
    const stored = this.#find(id);
    const attachment = stored?.attachment;
    if (stored === undefined || attachment?.instance !== instance || attachment.detachedAt !== undefined)
      return;
    this.#put({ ...stored, attachment: { ...attachment, detachedAt: this.#now() + DETACH } });
  }

  attachment(id: string): VolumeAttachmentState | undefined {
    const attachment = this.#find(id)?.attachment;
    if (attachment === undefined) return undefined;
    const { instance, device, attachedAt, detachedAt } = attachment;
    const lifecycleState =
      detachedAt !== undefined ? 'DETACHING' : attachedAt > this.#now() ? 'ATTACHING' : 'ATTACHED';
    return { instance, device, lifecycleState };
  }

  resize(id: string, size: number): void {
    const stored = this.#find(id);
    if (stored === undefined)
      throw new CloudError(
        404,
        'NotAuthorizedOrNotFound',
        'Authorization failed or requested resource not found.',
      );
    if (size < stored.size)
      throw new CloudError(400, 'InvalidParameter', 'The new size must be greater than the current size');
    this.#put({ ...stored, size });
  }

  /** What is on the disk that an instance has under this device; undefined when it has none. */
  disk(instance: string, device: string): DiskFiles | undefined {
    const stored = this.#all().find(
      ({ attachment }) => attachment?.instance === instance && attachment.device === device,
    );
    if (stored?.attachment === undefined || stored.attachment.attachedAt > this.#now()) return undefined;
    return { files: this.#disks, root: `${DISKS}/${stored.id}` };
  }

  #find(id: string): Stored | undefined {
    const stored = this.#state.get(VOLUME + id) as Stored | undefined;
    const gone = stored?.attachment?.detachedAt;
    if (stored === undefined || gone === undefined || gone > this.#now()) return stored;
    const { attachment: _, ...free } = stored;
    return this.#put(free);
  }

  #all(): Stored[] {
    return this.#state.keys(VOLUME).flatMap((key) => this.#find(key.slice(VOLUME.length)) ?? []);
  }

  #put(stored: Stored): Stored {
    this.#state.set(VOLUME + stored.id, stored);
    return stored;
  }

  #shown({ id, displayName, availabilityDomain, size, availableAt }: Stored): BlockVolume {
    const lifecycleState = availableAt > this.#now() ? 'PROVISIONING' : 'AVAILABLE';
    return { id, displayName, availabilityDomain, size, lifecycleState };
  }
}
