import type { FileSystem, LocalState, UnitDefinition } from './interface.ts';

const VENDOR = '/usr/lib/systemd/system';
const WANTS = '/etc/systemd/system/multi-user.target.wants';

/** Whether the package that brings a unit is there. */
export function isInstalled({ isInstalled: installed }: UnitDefinition): boolean {
  return installed === undefined || installed();
}

/** The files of a unit come with its package, once, and go with it: what somebody deletes or changes stays so. */
export function matchPackage(
  unit: UnitDefinition,
  { state, files }: { readonly state: LocalState; readonly files: FileSystem },
): void {
  const mark = `unit-files:${unit.name}`;
  const installed = isInstalled(unit);
  if (installed === (state.get(mark) !== undefined)) return;
  const own = unit.files ?? { [`${VENDOR}/${unit.name}.service`]: plainUnitFile(unit) };
  const link = `${WANTS}/${unit.name}.service`;
  if (installed) {
    state.set(mark, true);
    for (const [path, text] of Object.entries(own)) if (!files.exists(path)) files.write(path, text);
    if (files.lstat(link) === undefined) files.link(link, `${VENDOR}/${unit.name}.service`);
  } else {
    state.delete(mark);
    for (const path of [...Object.keys(own), link]) if (files.lstat(path) !== undefined) files.remove(path);
  }
}

/** The file of a unit that brings none in the words of its package. */
function plainUnitFile({ description, argv: [program = '', ...rest], ...unit }: UnitDefinition): string {
  const path = program.startsWith('/') ? program : `/usr/bin/${program}`;
  return `[Unit]
Description=${description}

[Service]
ExecStart=${[path, ...rest].join(' ')}
Restart=${unit.restart}
RestartSec=${unit.restartSeconds}

[Install]
WantedBy=multi-user.target
`;
}
