import type { Program } from '../../machine/interface.ts';
import type { Backend } from '../backend/interface.ts';
import { EtcdServerConnection } from '../v3/server-connection.ts';
import type { EtcdMemberViews } from '../view/member-views.ts';
import { EtcdServer } from './etcd-server.ts';
import { durationFlag, numberFlag, parseFlags, portsOf } from './flags.ts';
import { serveHealthConnection } from './health.ts';
import { serverFlags } from './server-flags.ts';
import { SingleMember } from './single-member.ts';

export interface EtcdProgramOptions {
  /** The member's disk, by machine: what `--data-dir` would hold. */
  readonly backend: (machine: string) => Backend;
  /** Without `v`; default that of Kubernetes v1.34. */
  readonly version?: string;
  /** Where running members are to be seen. */
  readonly views?: EtcdMemberViews;
  /** Virtual milliseconds of one sync of the write-ahead log; default 1. */
  readonly fsync?: number;
}

const DEFAULT_VERSION = '3.6.4';

/**
 * etcd as a program: one member, a cluster of its own. Listens on the ports of `--listen-client-urls`
 * (default 2379) and answers health probes on those of `--listen-metrics-urls`. Its data is in the
 * backend, so it survives the process. Exit codes: 0 after SIGTERM, 2 for a bad flag, 1 when a port is taken.
 */
export function etcdProgram(options: EtcdProgramOptions): Program {
  return async (process) => {
    const flags = parseFlags(process.argv);
    if (typeof flags === 'string') return complain(process.stderr, flags);
    const maxRequestBytes = numberFlag(flags, 'max-request-bytes', 1.5 * 1024 * 1024);
    const maxTxnOps = numberFlag(flags, 'max-txn-ops', 128);
    const electionTimeout = numberFlag(flags, 'election-timeout', 1000);
    const progressNotifyInterval = durationFlag(
      flags,
      flags.has('watch-progress-notify-interval')
        ? 'watch-progress-notify-interval'
        : 'experimental-watch-progress-notify-interval',
      600_000,
    );
    const dataFlags = serverFlags(flags);
    if (typeof dataFlags === 'string') return complain(process.stderr, dataFlags);
    for (const value of [maxRequestBytes, maxTxnOps, electionTimeout, progressNotifyInterval]) {
      if (typeof value === 'string') return complain(process.stderr, value);
    }
    const backend = options.backend(process.machine.name);
    const server = new EtcdServer(process, backend, {
      name: flags.get('name') ?? 'default',
      version: options.version ?? DEFAULT_VERSION,
      maxRequestBytes: maxRequestBytes as number,
      maxTxnOps: maxTxnOps as number,
      minLeaseTtl: Math.ceil((1.5 * (electionTimeout as number)) / 1000),
      electionTimeout: electionTimeout as number,
      ...dataFlags,
      consensus: (memberId, events) =>
        new SingleMember(process, backend, memberId, options.fsync ?? 1, events),
    });
    const connections = new Set<EtcdServerConnection>();
    try {
      for (const port of portsOf(flags.get('listen-client-urls') ?? 'http://localhost:2379')) {
        process.net.listen(port, 'grpc', (connection) => {
          const served = new EtcdServerConnection(connection, server, process.clock, {
            progressNotifyInterval: progressNotifyInterval as number,
          });
          connections.add(served);
          connection.onClose(() => connections.delete(served));
        });
      }
      for (const port of portsOf(flags.get('listen-metrics-urls') ?? '')) {
        process.net.listen(port, 'https', (connection) => serveHealthConnection(connection, server));
      }
    } catch (error) {
      server.stop();
      process.stderr(error instanceof Error ? error.message : String(error));
      return 1;
    }
    process.log.info('ready to serve client requests', { revision: server.revision });
    process.stderr(
      `serving client traffic; member ${hex(server.memberId)}, cluster ${hex(server.clusterId)}, revision ${server.revision}`,
    );
    const seen = options.views?.started(process.machine.name, server);
    process.signal.addEventListener('abort', () => seen?.dispose());
    await new Promise<void>((resolve) => process.onTerminate(resolve));
    seen?.dispose();
    for (const connection of [...connections]) connection.stop();
    server.stop();
    return 0;
  };
}

function complain(stderr: (line: string) => void, message: string): number {
  stderr(message);
  return 2;
}

function hex(id: string): string {
  return BigInt(id).toString(16);
}
