/** A block volume as the Block Volume service knows it. */
export interface BlockVolume {
  /** `ocid1.volume.oc1.<region>.…` */
  readonly id: string;
  readonly displayName: string;
  /** e.g. `AD-1`; it can only be attached to instances there. */
  readonly availabilityDomain: string;
  /** Bytes. */
  readonly size: number;
  readonly lifecycleState: 'PROVISIONING' | 'AVAILABLE';
}

/** What ties a volume to an instance; a volume has at most one. */
export interface VolumeAttachmentState {
  readonly instance: string;
  /** e.g. `/dev/oracleoci/oraclevdb` */
  readonly device: string;
  readonly lifecycleState: 'ATTACHING' | 'ATTACHED' | 'DETACHING';
}

/** What the service answers when it refuses. */
export class CloudError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(
      `Error returned by Blockstorage Service. Http Status Code: ${status}. Error Code: ${code}. Message: ${message}`,
    );
    this.status = status;
    this.code = code;
  }
}

/**
 * The part of a cloud that storage drivers use. A call is accepted at once; what it asks for takes virtual time, and callers look
 * again until the state is what they want. Here the real API with its signed requests, limits and work requests will stand.
 */
export interface BlockVolumeService {
  /** The same name gives the same volume. @throws CloudError */
  create(displayName: string, availabilityDomain: string, size: number): BlockVolume;
  get(id: string): BlockVolume | undefined;
  /** Nothing when there is none. @throws CloudError while it is attached */
  delete(id: string): void;
  /** @throws CloudError */
  attach(id: string, instance: string): void;
  /** Nothing when it is not attached there. */
  detach(id: string, instance: string): void;
  attachment(id: string): VolumeAttachmentState | undefined;
  /** Larger, at once. @throws CloudError */
  resize(id: string, size: number): void;
}
