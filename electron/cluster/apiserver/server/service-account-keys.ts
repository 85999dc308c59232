import type { RsaSignatures } from '../../../base/jose/interface.ts';
import { PrivateKey } from '../../../base/jose/private-key.ts';
import { PublicKey } from '../../../base/jose/public-key.ts';
import type { FileSystem } from '../../machine/interface.ts';
import type { ApiServerFlags } from './flags.ts';

export interface ServiceAccountKeys {
  readonly signing: PrivateKey;
  /** Whose signatures count; the signing key is among them only where a key file says so. */
  readonly believed: readonly PublicKey[];
}

/**
 * The keys of service account tokens, from the files that the flags name. Otherwise what the program ends with. Models
 * pkg/controlplane/apiserver/options and client-go/util/keyutil (v1.34); keys of elliptic curves are not read.
 */
export function serviceAccountKeys(
  files: FileSystem,
  {
    serviceAccountSigningKeyFile: signingFile,
    serviceAccountKeyFiles,
  }: Pick<ApiServerFlags, 'serviceAccountSigningKeyFile' | 'serviceAccountKeyFiles'>,
  rsa: RsaSignatures,
): ServiceAccountKeys | string {
  if (signingFile === '')
    return '--service-account-signing-key-file and --service-account-issuer are required flags';
  const failed = (why: string): string => `failed to parse service-account-issuer-key-file: ${why}`;
  if (!files.exists(signingFile)) return failed(`open ${signingFile}: no such file or directory`);
  const signing = PrivateKey.read(rsa, files.read(signingFile));
  if (signing === undefined)
    return failed(
      `error reading private key file ${signingFile}: data does not contain a valid RSA or ECDSA private key`,
    );
  const believed: PublicKey[] = [];
  for (const file of serviceAccountKeyFiles) {
    if (!files.exists(file)) return `open ${file}: no such file or directory`;
    const found = PublicKey.read(rsa, files.read(file));
    if (found.length === 0)
      return `error reading public key file ${file}: data does not contain any valid RSA or ECDSA public keys`;
    believed.push(...found);
  }
  return { signing, believed };
}
