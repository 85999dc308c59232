import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Name of an iptables chain of one container: a prefix and a hash, 28 characters. Models utils.FormatChainName. */
export function chainName(prefix: 'CNI-' | 'CNI-DN-', network: string, containerId: string): string {
  const hash = bytesToHex(sha512(new TextEncoder().encode(network + containerId)));
  return `${prefix}${hash}`.slice(0, 28);
}
