import type { Repository } from './interface.ts';

const MB = 1_000_000;
/** Windows images are named by the release of the server that they fit. */
const TAGS = /^(ltsc(2019|2022|2025)|1809|windowsservercore-ltsc(2019|2022|2025)|10\.0\.\d+\.\d+)(-amd64)?$/;

interface Row {
  readonly mb: number;
  readonly layers: number;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly user?: string;
  readonly ports?: readonly number[];
  readonly behaviour: Repository['behaviour'];
}

const ROWS: Readonly<Record<string, Row>> = {
  'mcr.microsoft.com/windows/nanoserver': {
    mb: 117,
    layers: 1,
    cmd: ['c:\\windows\\system32\\cmd.exe'],
    user: 'ContainerUser',
    behaviour: { type: 'shell' },
  },
  'mcr.microsoft.com/windows/servercore': {
    mb: 1_900,
    layers: 2,
    cmd: ['c:\\windows\\system32\\cmd.exe'],
    behaviour: { type: 'shell' },
  },
  'mcr.microsoft.com/windows/servercore/iis': {
    mb: 2_050,
    layers: 5,
    entrypoint: ['C:\\ServiceMonitor.exe', 'w3svc'],
    ports: [80],
    behaviour: { type: 'server', ready: "Service 'w3svc' started", exitCode: 0, shutdownMs: 500 },
  },
};

/** Repositories whose images run on Windows only: what is in them is not modelled, only that they run and listen. */
export const windowsRepositories: readonly Repository[] = Object.entries(ROWS).map(([name, row]) => ({
  name,
  tags: TAGS,
  size: row.mb * MB,
  layers: row.layers,
  entrypoint: row.entrypoint ?? [],
  cmd: row.cmd ?? [],
  user: row.user ?? 'ContainerAdministrator',
  ports: row.ports ?? [],
  env: [],
  behaviour: row.behaviour,
  shell: false,
  systems: ['windows'],
}));
