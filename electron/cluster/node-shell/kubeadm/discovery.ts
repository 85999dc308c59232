import { detachedSignature } from '../../../base/jose/detached-signature.ts';
import { parseCertificate } from '../../../base/x509/certificate.ts';
import { firstPemBlock } from '../../../base/x509/pem.ts';
import { parse } from 'yaml';
import { parseBootstrapToken } from '../../api/core/v1/secret/bootstrap-token.ts';
import type { ConfigMap } from '../../api/types.ts';
import { decodeBase64 } from '../../apimachinery/base64.ts';
import { NetworkApiClient } from '../../client/network-api-client.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { CLUSTER_INFO } from '../../kubeadm/upload-config.ts';
import type { CommandContext } from '../interface.ts';

/** Virtual milliseconds between looks at `cluster-info`, and how long they go on. */
const RETRY = 5_000;
const TIMEOUT = 300_000;
const PIN = /^sha256:([0-9a-f]*)$/i;

export interface DiscoveryOptions {
  /** `HOST:PORT` */
  readonly endpoint: string;
  readonly token: string;
  /** `sha256:…` of the authority's public key; empty: any authority is believed. */
  readonly pins: readonly string[];
  readonly userAgent: string;
}

/** What a machine that joins has learnt about its cluster. */
export interface DiscoveredCluster {
  /** e.g. `https://10.0.0.10:6443` */
  readonly server: string;
  /** PEM text of its authority. */
  readonly ca: string;
}

/**
 * Finds out whom to trust: the ConfigMap cluster-info, which everybody may read, is signed with the token, and the authority in it
 * has one of the keys that were expected. Models cmd/kubeadm/app/discovery/token (v1.34); TLS of the second look is not modelled.
 * @throws Error with kubeadm's text
 */
export async function discover(
  options: DiscoveryOptions,
  context: CommandContext,
): Promise<DiscoveredCluster> {
  const insecure = await clusterInfo(options, context);
  for (const pin of options.pins) checkPin(pin);
  const { id = '', secret = '' } = parseBootstrapToken(options.token) ?? {};
  const kubeconfig = insecure['kubeconfig'] ?? '';
  if (kubeconfig === '')
    throw new Error(
      `there is no kubeconfig key in the ${CLUSTER_INFO} ConfigMap. This API Server isn't set up for token bootstrapping, can't connect`,
    );
  const signature = insecure[`jws-kubeconfig-${id}`] ?? '';
  if (signature === '')
    throw new Error(
      `token id ${JSON.stringify(id)} is invalid for this cluster or it has expired. Use "kubeadm token create" on the control-plane node to create a new valid token`,
    );
  if (signature !== detachedSignature(kubeconfig, id, secret))
    throw new Error(
      "failed to verify JWS signature of received cluster info object, can't trust this API Server",
    );
  const cluster = clusterOf(kubeconfig);
  if (options.pins.length === 0) return cluster;
  checkAuthority(cluster.ca, options.pins);
  const secure = await clusterInfo(options, context);
  if (secure['kubeconfig'] !== kubeconfig)
    throw new Error(
      `the second kubeconfig from the ${CLUSTER_INFO} ConfigMap (using validated TLS) was different from the first`,
    );
  return cluster;
}

/** Asks until it has a signature for the token, which comes a little after the token. */
async function clusterInfo(
  { endpoint, token, userAgent }: DiscoveryOptions,
  { process }: CommandContext,
): Promise<Readonly<Record<string, string>>> {
  const { id = '' } = parseBootstrapToken(token) ?? {};
  const client = new NetworkApiClient(process, process.net, { server: `https://${endpoint}`, userAgent });
  const configMaps = client.resource<ConfigMap>(resourceTypes.configMaps, 'kube-public');
  const end = process.clock.now() + TIMEOUT;
  for (;;) {
    let last: Error;
    try {
      const { data = {} } = await configMaps.get(CLUSTER_INFO);
      if (`jws-kubeconfig-${id}` in data) return data;
      last = new Error(
        `could not find a JWS signature in the ${CLUSTER_INFO} ConfigMap for token ID ${JSON.stringify(id)}`,
      );
    } catch (error) {
      if (error instanceof TypeError || !(error instanceof Error)) throw error;
      last = new Error(`failed to request the ${CLUSTER_INFO} ConfigMap: ${error.message}`, { cause: error });
    }
    if (process.clock.now() + RETRY > end) throw last;
    await process.clock.sleep(RETRY);
  }
}

function checkPin(pin: string): void {
  const hex = PIN.exec(pin)?.[1];
  const invalid = (why: string): Error => new Error(`invalid discovery token CA certificate hash: ${why}`);
  if (hex === undefined) {
    const [format = '', value] = pin.split(':');
    throw invalid(
      value === undefined
        ? 'invalid hash, expected "format:hex-value". You may have used an old (pre-1.7) version of the hash format'
        : format === 'sha256'
          ? `could not decode SHA-256 from public key: ${JSON.stringify(value)}`
          : `unknown hash format ${JSON.stringify(format)}`,
    );
  }
  if (hex.length !== 64)
    throw invalid(
      `invalid hash ${JSON.stringify(pin)}, expected a 32 byte SHA-256 hash, found ${Math.trunc(hex.length / 2)} bytes`,
    );
}

function clusterOf(kubeconfig: string): DiscoveredCluster {
  const fail = (): Error => new Error(`malformed kubeconfig in the ${CLUSTER_INFO} ConfigMap`);
  const config = parse(kubeconfig) as {
    readonly clusters?: readonly {
      readonly cluster?: { readonly server?: string; readonly 'certificate-authority-data'?: string };
    }[];
  } | null;
  const cluster = config?.clusters?.[0]?.cluster;
  if (cluster?.server === undefined) throw fail();
  const ca = new TextDecoder().decode(decodeBase64(cluster['certificate-authority-data'] ?? ''));
  return { server: cluster.server, ca };
}

function checkAuthority(ca: string, pins: readonly string[]): void {
  const block = firstPemBlock(ca);
  if (block?.type !== 'CERTIFICATE')
    throw new Error(
      `failed to parse cluster CA from the ${CLUSTER_INFO} ConfigMap: data does not contain any valid RSA or ECDSA certificates`,
    );
  const hash = `sha256:${parseCertificate(block.bytes).publicKeyHash}`;
  if (!pins.some((pin) => pin.toLowerCase() === hash))
    throw new Error(
      `cluster CA found in ${CLUSTER_INFO} ConfigMap is invalid: none of the public keys ${JSON.stringify(hash)} are pinned`,
    );
}
