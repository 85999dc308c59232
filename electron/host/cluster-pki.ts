import { generateKeyPair } from 'node:crypto';
import type { ClusterPki } from '../cluster/kubeadm/pki/cluster-pki.ts';
import { CertificateAuthority } from './listeners/certificates.ts';
import type { CertificateStore } from './listeners/interface.ts';

/** What kubeadm's `RSA-2048` means. */
const BITS = 2048;

type KeyPair = ClusterPki['serviceAccount'];

/**
 * What the clusters of one workspace are installed with: made once, then read from the store. A pair of RSA keys takes other
 * threads some tens of milliseconds. @throws Error when the store cannot be used
 */
export async function openClusterPki(store: CertificateStore): Promise<ClusterPki> {
  const kept = { privateKey: store.load('sa.key'), publicKey: store.load('sa.pub') };
  const isKept = kept.privateKey !== undefined && kept.publicKey !== undefined;
  const pending = isKept ? (kept as KeyPair) : generate();
  const { pem, keyPem } = CertificateAuthority.open(store);
  const serviceAccount = await pending;
  if (!isKept) {
    store.save('sa.key', serviceAccount.privateKey);
    store.save('sa.pub', serviceAccount.publicKey);
  }
  return { ca: { certificate: pem, key: keyPem }, serviceAccount };
}

/** In the forms that kubeadm writes. */
function generate(): Promise<KeyPair> {
  return new Promise((resolve, reject) => {
    generateKeyPair(
      'rsa',
      {
        modulusLength: BITS,
        privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      },
      (error, publicKey, privateKey) => {
        if (error === null) resolve({ privateKey, publicKey });
        else reject(error);
      },
    );
  });
}
