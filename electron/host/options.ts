import { parseArgs } from 'node:util';

/** How a host is started. */
export interface HostOptions {
  /** Folder of the workspace file, kubeconfig and console home. */
  readonly dataDir: string;
  /** Only for a new workspace, or to replace the cluster of an existing one. Undefined: what is there, else the default. */
  readonly topology: string | undefined;
  readonly seed: string | undefined;
  readonly speed: number;
  /** 0: any free port. */
  readonly apiPort: number;
  /** Of the first member of etcd; the others take the next free ones. 0: any. */
  readonly etcdPort: number;
  /** etcd without TLS. */
  readonly etcdPlain: boolean;
  /** Of the app's own server; 0: any free port. */
  readonly port: number;
  readonly json: boolean;
  /** Opens the browser. */
  readonly open: boolean;
}

export const DEFAULT_API_PORT = 6443;
export const DEFAULT_ETCD_PORT = 2379;
export const USAGE = `usage: npm run serve -- [--data DIR] [--topology NAME] [--seed N] [--speed X]
                        [--api-port N] [--etcd-port N] [--etcd-plain] [--port N] [--json] [--open]
`;

/** Reads the flags. @throws Error with what is wrong and the usage. */
export function parseHostOptions(args: readonly string[], defaultDataDir: string): HostOptions {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
        data: { type: 'string' },
        topology: { type: 'string' },
        seed: { type: 'string' },
        speed: { type: 'string' },
        'api-port': { type: 'string' },
        'etcd-port': { type: 'string' },
        'etcd-plain': { type: 'boolean' },
        port: { type: 'string' },
        json: { type: 'boolean' },
        open: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
  const speed = Number(values.speed ?? '1');
  if (!(speed >= 0.5 && speed <= 100))
    throw new Error(`--speed must be between 0.5 and 100, not ${values.speed}\n${USAGE}`);
  return {
    dataDir: values.data ?? defaultDataDir,
    topology: values.topology,
    seed: values.seed,
    speed,
    apiPort: port(values['api-port'], '--api-port', DEFAULT_API_PORT),
    etcdPort: port(values['etcd-port'], '--etcd-port', DEFAULT_ETCD_PORT),
    etcdPlain: values['etcd-plain'] ?? false,
    port: port(values.port, '--port', 0),
    json: values.json ?? false,
    open: values.open ?? false,
  };
}

function port(text: string | undefined, flag: string, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new Error(`${flag} must be a port number from 0 to 65535, not ${text}\n${USAGE}`);
  }
  return value;
}
