import { writeCertificateRequest } from '../../base/x509/write-certificate-request.ts';
import { ecKeyOf, subjectName } from '../../base/x509/names.ts';
import type { EcKey } from '../../base/x509/names.ts';
import type { CertificateSigningRequest } from '../api/types.ts';
import { decodeBase64, encodeBase64 } from '../apimachinery/base64.ts';
import type { ApiClient } from '../client/interface.ts';
import { formatClientKubeConfig, parseKubeConfig, readClientConfig } from '../client/kubeconfig.ts';
import { NetworkApiClient } from '../client/network-api-client.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { ProcessContext } from '../machine/interface.ts';
import { KubeletConfigurationError } from './config/interface.ts';

const FOLDER = '/var/lib/kubelet/pki';
const CURRENT = `${FOLDER}/kubelet-client-current.pem`;
const CERTIFICATE_WAIT = 15 * 60_000;
/** Between looks at a request, and between requests at first and at most. Milliseconds. */
const POLL = 500;
const RETRY = 2_000;
const MAX_RETRY = 128_000;
const LOGGER = 'kubernetes.io/kube-apiserver-client-kubelet';

export interface ClientCertificateOptions {
  readonly process: ProcessContext;
  readonly nodeName: string;
  /** `--kubeconfig` and `--bootstrap-kubeconfig`. */
  readonly kubeconfig: string;
  readonly bootstrapKubeconfig?: string;
  readonly userAgent: string;
}

/**
 * How a kubelet that has no identity gets one: with the token of its bootstrap kubeconfig it asks for a certificate and waits
 * until somebody has approved and signed it. Models pkg/kubelet/certificate/bootstrap and client-go util/certificate (v1.34);
 * certificates that are about to expire are not renewed.
 */
export class ClientCertificate {
  readonly #options: ClientCertificateOptions;

  constructor(options: ClientCertificateOptions) {
    this.#options = options;
  }

  /** Whether the kubelet can show who it is. */
  get isThere(): boolean {
    const { kubeconfig, bootstrapKubeconfig, process } = this.#options;
    const { files } = process;
    if (bootstrapKubeconfig === undefined) return true;
    if (!files.exists(kubeconfig)) return false;
    const { certificateFile } = parseKubeConfig(files.read(kubeconfig), kubeconfig).user;
    return certificateFile === undefined || files.exists(certificateFile);
  }

  /** Writes the kubeconfig that will be good once there is a certificate. @throws KubeletConfigurationError, Error */
  begin(): void {
    const { process, kubeconfig, bootstrapKubeconfig: bootstrap = '' } = this.#options;
    const { files } = process;
    if (!files.exists(bootstrap))
      throw new KubeletConfigurationError(
        `failed to run Kubelet: unable to load bootstrap kubeconfig: stat ${bootstrap}: no such file or directory`,
      );
    const { server, authority } = parseKubeConfig(files.read(bootstrap), bootstrap);
    process.log.info('Using bootstrap kubeconfig to generate TLS client cert, key and kubeconfig file', {
      caller: 'bootstrap.go:101',
    });
    const user = 'default-auth';
    files.write(
      kubeconfig,
      formatClientKubeConfig({ server, ca: authority ?? '', user, credential: { file: CURRENT } }),
      0o600,
    );
  }

  /** Resolves when the certificate is on the disk; asks again for as long as it takes. */
  async obtain(): Promise<void> {
    const { process, bootstrapKubeconfig = '', userAgent } = this.#options;
    const { log, clock } = process;
    log.info('Certificate rotation is enabled', { caller: 'certificate_manager.go:422', logger: LOGGER });
    const client = new NetworkApiClient(
      process,
      process.net,
      readClientConfig(process.files, bootstrapKubeconfig, userAgent),
    );
    for (let delay = RETRY; ; delay = Math.min(delay * 2, MAX_RETRY)) {
      log.info('Rotating certificates', { caller: 'certificate_manager.go:566', logger: LOGGER });
      const key = ecKeyOf(secretOf(process));
      try {
        const certificate = await this.#request(client, key);
        this.#store(certificate, key);
        return;
      } catch (error) {
        if (error instanceof TypeError) throw error;
        log.error('Failed while requesting a signed certificate from the control plane', {
          caller: 'certificate_manager.go:596',
          logger: LOGGER,
          err: error instanceof Error ? error.message : String(error),
        });
      }
      await clock.sleep(delay);
    }
  }

  /** The certificate as PEM text. @throws Error, StatusError */
  async #request(client: ApiClient, key: EcKey): Promise<string> {
    const { process, nodeName } = this.#options;
    const requests = client.resource<CertificateSigningRequest>(resourceTypes.certificateSigningRequests);
    const pem = writeCertificateRequest(subjectName(`system:node:${nodeName}`, ['system:nodes']), key);
    const name = await creating(async () => {
      const { metadata } = await requests.create({
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { generateName: 'csr-' },
        spec: {
          request: encodeBase64(pem),
          signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
          usages: ['digital signature', 'client auth'],
        },
      });
      return metadata?.name ?? '';
    });
    for (const end = process.clock.now() + CERTIFICATE_WAIT; process.clock.now() < end;) {
      const { status } = await requests.get(name);
      const refused = (status?.conditions ?? []).find(({ type }) => type === 'Denied' || type === 'Failed');
      if (refused !== undefined)
        throw new Error(
          `certificate signing request ${name} is ${refused.type === 'Denied' ? 'denied' : 'failed'}: reason: ${JSON.stringify(refused.reason ?? '')}, message: ${JSON.stringify(refused.message ?? '')}`,
        );
      if (status?.certificate !== undefined) {
        process.log.info('Certificate signing request is issued', { caller: 'csr.go:261', csr: name });
        return new TextDecoder().decode(decodeBase64(status.certificate));
      }
      await process.clock.sleep(POLL);
    }
    throw new Error(`timed out waiting for the condition`);
  }

  /** The file of this certificate, and the link to the newest one. */
  #store(certificate: string, key: EcKey): void {
    const { files, clock } = this.#options.process;
    const time = new Date(clock.now()).toISOString().slice(0, 19).replace(/[T:]/g, '-');
    const path = `${FOLDER}/kubelet-client-${time}.pem`;
    files.write(path, certificate + key.pem, 0o600);
    if (files.lstat(CURRENT) !== undefined) files.remove(CURRENT);
    files.link(CURRENT, path);
  }
}

async function creating<T>(create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot create certificate signing request: ${why}`, { cause: error });
  }
}

/** 32 bytes, from 1 up to the curve's order: that one begins with 32 ones. */
function secretOf({ rand }: ProcessContext): Uint8Array {
  const hex = rand.string(64, '0123456789abcdef');
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  bytes[31] = (bytes[31] ?? 0) | 1;
  return bytes;
}
