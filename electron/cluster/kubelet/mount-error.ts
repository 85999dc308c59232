/** How far it came: the claim could not be read, the volume is not attached, or it could not be mounted. */
export type MountStage = 'process' | 'attach' | 'mount';

/** A volume that a Pod has to wait for; the text is that of upstream's event, or of what follows it. */
export class MountError extends Error {
  readonly stage: MountStage;

  constructor(stage: MountStage, message: string) {
    super(message);
    this.stage = stage;
  }
}
