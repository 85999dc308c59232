import { STRATEGIES } from '../../api/registry.ts';
import type { KindStrategy } from '../../api/strategy.ts';
import type { KubeObject } from '../../api/types.ts';
import type { RsaSignatures } from '../../../base/jose/interface.ts';
import type { TokenUser } from '../auth/bearer-token.ts';
import { NetworkEtcdClient } from '../../etcd/v3/client/network-client.ts';
import type { Program } from '../../machine/interface.ts';
import { listenHttp } from '../../network/http-server.ts';
import { DefinitionController } from '../apiextensions/definition-controller.ts';
import { compactForever } from '../storage/compactor.ts';
import { ApiServer } from './api-server.ts';
import { bootstrap } from './bootstrap.ts';
import { commandFailed } from '../../client/command-failed.ts';
import { FlowControlConsumer } from './flow-control-consumer.ts';
import { EndpointReconciler } from './endpoint-reconciler.ts';
import { parseApiServerFlags } from './flags.ts';
import { openAudit } from './open-audit.ts';
import { serviceAccountKeys } from './service-account-keys.ts';
import { ReconnectingEtcdClient } from './reconnecting-etcd-client.ts';
import type { EtcdConnector } from './reconnecting-etcd-client.ts';

export interface KubeApiserverOptions {
  /** The kinds to serve; default all there are. */
  readonly strategies?: readonly KindStrategy[];
  /** Makes an etcd client of an established connection; default etcd's v3 API over it. */
  readonly etcd?: EtcdConnector;
  /** e.g. `v1.34.9` */
  readonly gitVersion: string;
  /** Name of the authority whose client certificates count; kubeadm's is `kubernetes`. */
  readonly authority?: string;
  /** What whoever installs the cluster creates in it first; made when it is not there. Kinds that are not served are left out. */
  readonly objects?: readonly KubeObject[];
  /** What service account tokens are signed and checked with. */
  readonly rsa: RsaSignatures;
  /** Static bearer tokens, as `--token-auth-file` would give them. */
  readonly tokens?: ReadonlyMap<string, TokenUser>;
}

/** Virtual milliseconds between attempts to make what every cluster has. */
const BOOTSTRAP_RETRY = 1_000;

const overConnection: EtcdConnector = (connection) => new NetworkEtcdClient(connection);

/**
 * kube-apiserver as a program: listens on `--secure-port`, keeps everything in the etcd of `--etcd-servers`.
 * Exit codes: 0 after SIGTERM, 1 for bad flags or a taken port.
 */
export function kubeApiserverProgram(options: KubeApiserverOptions): Program {
  return async (process) => {
    const flags = parseApiServerFlags(process.argv, process.ip);
    if (typeof flags === 'string') {
      process.stderr(`Error: ${flags}`);
      return 1;
    }
    const keys = serviceAccountKeys(process.files, flags, options.rsa);
    if (typeof keys === 'string') {
      process.stderr(commandFailed(keys, process.clock.now()));
      return 1;
    }
    const audit = openAudit(process, flags);
    if (typeof audit === 'string') {
      process.stderr(commandFailed(audit, process.clock.now()));
      return 1;
    }
    const etcd = new ReconnectingEtcdClient(
      process.net,
      process.clock,
      flags.etcdServers,
      options.etcd ?? overConnection,
    );
    const server = new ApiServer({
      context: process,
      net: process.net,
      etcd,
      flags,
      strategies: options.strategies ?? STRATEGIES,
      gitVersion: options.gitVersion,
      authority: options.authority ?? 'kubernetes',
      tokens: options.tokens ?? new Map(),
      keys,
      audit: audit?.auditor,
    });
    let listener;
    try {
      listener = listenHttp(process.net, flags.securePort, (exchange, peer) => {
        process.go(() => server.handler.serve(exchange, peer));
      });
    } catch (error) {
      process.stderr(`Error: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    }
    if (flags.storageMediaType !== 'application/json')
      process.stderr(
        `Warning: ${flags.storageMediaType} in etcd is not modelled: values are stored as application/json`,
      );
    process.stderr(`Serving securely on [::]:${flags.securePort}`);
    const definitionsServed = new DefinitionController(server, process).run();
    process.go(() => definitionsServed);
    new FlowControlConsumer(server, process).run();
    const endpoints = new EndpointReconciler(server, etcd, process, flags.advertiseAddress, flags.securePort);
    process.go(async () => {
      for (;;) {
        try {
          await bootstrap(server, flags.securePort, flags.serviceClusterIpRange, options.objects ?? []);
          await definitionsServed;
          server.markBootstrapped();
          process.go(() => endpoints.run());
          return;
        } catch (error) {
          process.log.warn('not bootstrapped yet', {
            error: error instanceof Error ? error.message : String(error),
          });
          await process.clock.sleep(BOOTSTRAP_RETRY);
        }
      }
    });
    if (flags.etcdCompactionInterval > 0) {
      process.go(() => compactForever(process, etcd, flags.etcdCompactionInterval));
    }
    await new Promise<void>((resolve) => process.onTerminate(resolve));
    await endpoints.stop();
    server.stop();
    listener.dispose();
    audit?.sink.flush();
    return 0;
  };
}
