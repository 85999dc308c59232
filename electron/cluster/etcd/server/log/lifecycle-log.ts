import type { Logger } from '../../../../base/logger.ts';
import { hexId } from '../../../raft/ids.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { EtcdSettings } from '../settings.ts';

const EMBED = { caller: 'embed/etcd.go' };
const SERVER = { caller: 'etcdserver/server.go' };

export interface LifecycleOptions {
  readonly settings: EtcdSettings;
  /** Without `v`. */
  readonly version: string;
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
}

/**
 * What a member says of its own beginning and end, in upstream's words. Models the log lines of embed/etcd.go and
 * etcdserver/server.go; lines about what is not modelled (purging of files, Go's runtime) are left out.
 */
export class LifecycleLog {
  readonly #log: Logger;
  readonly #options: LifecycleOptions;

  constructor(log: Logger, options: LifecycleOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** `index` is how far its log is committed; 0 for a member that has none yet. */
  starting(index: number): void {
    const { settings, version, clusterId, memberId } = this.#options;
    const log = this.#log;
    const { listenPeerUrls, listenClientUrls, dataDir } = settings;
    if (index > 0) {
      const fields = { 'data-dir': dataDir, 'dir-type': 'member' };
      log.info('server has already been initialized', { caller: 'etcdmain/etcd.go', ...fields });
    }
    log.info('configuring peer listeners', { ...EMBED, 'listen-peer-urls': listenPeerUrls });
    log.info('configuring client listeners', { ...EMBED, 'listen-client-urls': listenClientUrls });
    log.info('starting an etcd server', {
      ...EMBED,
      'etcd-version': version,
      'member-initialized': index > 0,
      name: settings.name,
      'data-dir': dataDir,
      'force-new-cluster': settings.forceNewCluster,
      'heartbeat-interval': `${settings.heartbeat}ms`,
      'election-timeout': `${settings.electionTimeout / 1000}s`,
      'snapshot-count': settings.snapshotCount,
      'initial-advertise-peer-urls': settings.peerUrls,
      'listen-peer-urls': listenPeerUrls,
      'advertise-client-urls': settings.clientUrls,
      'listen-client-urls': listenClientUrls,
      'initial-cluster': index > 0 ? '' : settings.initialCluster,
      'initial-cluster-state': settings.initialClusterState,
      'initial-cluster-token': index > 0 ? '' : settings.initialClusterToken,
      'pre-vote': settings.preVote,
      'initial-corrupt-check': settings.initialCorruptCheck,
    });
    const ids = { 'local-member-id': hexId(memberId), 'cluster-id': hexId(clusterId) };
    if (index > 0)
      log.info('restarting local member', { caller: 'etcdserver/raft.go', ...ids, 'commit-index': index });
    else log.info('starting local member', { caller: 'etcdserver/raft.go', ...ids });
  }

  listening(): void {
    const { settings, memberId } = this.#options;
    this.#log.info('now serving peer/client/metrics', {
      ...EMBED,
      'local-member-id': hexId(memberId),
      'initial-advertise-peer-urls': settings.peerUrls,
      'listen-peer-urls': settings.listenPeerUrls,
      'advertise-client-urls': settings.clientUrls,
      'listen-client-urls': settings.listenClientUrls,
      'listen-metrics-urls': settings.listenMetricsUrls,
    });
    for (const address of hostsOf(settings.listenPeerUrls))
      this.#log.info('serving peer traffic', { ...EMBED, address });
  }

  ready(): void {
    const { settings, memberId, clusterId } = this.#options;
    this.#log.info('published local member to cluster through raft', {
      ...SERVER,
      'local-member-id': hexId(memberId),
      'local-member-attributes': `{Name:${settings.name} ClientURLs:[${settings.clientUrls.join(' ')}]}`,
      'cluster-id': hexId(clusterId),
      'publish-timeout': `${5 + (2 * settings.electionTimeout) / 1000}s`,
    });
    this.#log.info('ready to serve client requests', { caller: 'embed/serve.go' });
    for (const url of settings.listenClientUrls) {
      const [address] = hostsOf([url]);
      const fields = { caller: 'embed/serve.go', traffic: 'grpc+http', address };
      if (url.startsWith('https:')) this.#log.info('serving client traffic securely', fields);
      else this.#log.info('serving client traffic insecurely; this is strongly discouraged!', fields);
    }
  }

  terminating(): void {
    const caller = 'osutil/interrupt_unix.go';
    this.#log.info('received signal; shutting down', { caller, signal: 'terminated' });
    this.#log.info('closing etcd server', { ...EMBED, ...this.#closing() });
  }

  /** `leader` is '0' when there is none. */
  notHandedOver(leader: Uint64, isAlone: boolean): void {
    const ids = {
      'local-member-id': hexId(this.#options.memberId),
      'current-leader-member-id': hexId(leader),
    };
    if (leader !== this.#options.memberId)
      this.#log.info('skipped leadership transfer; local server is not leader', { ...SERVER, ...ids });
    else if (isAlone)
      this.#log.info('skipped leadership transfer for single voting member cluster', { ...SERVER, ...ids });
  }

  closed(): void {
    const addresses = hostsOf(this.#options.settings.listenPeerUrls);
    for (const msg of ['stopping serving peer traffic', 'stopped serving peer traffic'])
      for (const address of addresses) this.#log.info(msg, { ...EMBED, address });
    this.#log.info('closed etcd server', { ...EMBED, ...this.#closing() });
  }

  removed(): void {
    const error = 'the member has been permanently removed from the cluster';
    this.#log.warn('server error', { ...SERVER, error });
    this.#log.warn('data-dir used by this member must be removed', SERVER);
  }

  #closing(): Readonly<Record<string, unknown>> {
    const { name, dataDir, peerUrls, clientUrls } = this.#options.settings;
    return {
      name,
      'data-dir': dataDir,
      'advertise-peer-urls': peerUrls,
      'advertise-client-urls': clientUrls,
    };
  }
}

function hostsOf(urls: readonly string[]): string[] {
  return urls.map((url) => url.replace(/^\w+:\/\//, ''));
}
