/** A plugin that is on, with its weight (for scores) and arguments. */
export interface ProfilePlugin {
  readonly name: string;
  readonly weight?: number;
  readonly args?: unknown;
}

/** One scheduler by name, with its plugins in the order in which they run. */
export interface Profile {
  readonly schedulerName: string;
  readonly plugins: readonly ProfilePlugin[];
}
