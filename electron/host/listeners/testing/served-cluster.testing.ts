import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCluster } from '../../../cluster/apiserver/testing/test-cluster.testing.ts';
import { OutsideGateway } from '../../../cluster/gateway/outside-gateway.ts';
import type { KindStrategy } from '../../../cluster/api/strategy.ts';
import type { KeyPairPem } from '../certificates.ts';
import { CertificateAuthority } from '../certificates.ts';
import { FileCertificateStore } from '../file-certificate-store.ts';
import type { HttpsListener } from '../https-listener.ts';
import { openHttpsListener } from '../https-listener.ts';
import type { Barrier } from '../interface.ts';
import { writeAdminKubeconfig } from '../kubeconfig.ts';

/** etcd and an API server behind a real HTTPS listener; virtual time keeps pace with real time. */
export class ServedCluster {
  readonly cluster: TestCluster;
  readonly listener: HttpsListener;
  readonly authority: CertificateAuthority;
  readonly folder: string;
  readonly kubeconfig: string;
  readonly server: KeyPairPem;
  #stopped = false;
  readonly #pumping: Promise<void>;

  private constructor(
    cluster: TestCluster,
    listener: HttpsListener,
    authority: CertificateAuthority,
    server: KeyPairPem,
    folder: string,
  ) {
    this.cluster = cluster;
    this.listener = listener;
    this.authority = authority;
    this.server = server;
    this.folder = folder;
    this.kubeconfig = join(folder, 'admin.conf');
    this.#pumping = this.#pump();
  }

  static async start(
    strategies: readonly KindStrategy[],
    barrier: Barrier = { afterCommit: (fn) => fn() },
    port = 0,
  ): Promise<ServedCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'leme-listener-'));
    const cluster = await TestCluster.start(strategies);
    const gateway = new OutsideGateway({
      simulation: cluster.simulation,
      servers: [{ host: '10.0.0.10', port: 6443 }],
    });
    cluster.clientMachine.spawn({ name: 'gateway', program: gateway.program });
    const authority = CertificateAuthority.open(new FileCertificateStore(join(folder, 'pki')));
    const server = authority.server();
    const listener = await openHttpsListener({
      gateway,
      barrier,
      caPem: authority.pem,
      server,
      port,
      log: () => undefined,
    });
    const served = new ServedCluster(cluster, listener, authority, server, folder);
    writeAdminKubeconfig(served.kubeconfig, authority, listener.url, 'leme');
    return served;
  }

  async stop(): Promise<void> {
    this.listener.dispose();
    this.#stopped = true;
    await this.#pumping;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #pump(): Promise<void> {
    const { simulation } = this.cluster;
    const offset = simulation.now - performance.now();
    while (!this.#stopped) {
      await simulation.runUntil(performance.now() + offset);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
