export type CommandGroup = 'time' | 'lab' | 'view' | 'console' | 'settings' | 'cluster';

/** Something a person can ask the app to do: from the palette, by a key, or from a control that names it. */
export interface Command {
  readonly id: string;
  /** Key of the catalogue. */
  readonly title: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly group: CommandGroup;
  /** Chords such as `F8`, `Mod+K` (Mod: Ctrl, or Cmd on a Mac). The first is the one shown. */
  readonly keys?: readonly string[];
  readonly enabled?: () => boolean;
  readonly run: () => void | Promise<unknown>;
}
