import type { AuthorizationChain } from '../../auth/authorization-chain.ts';
import type { UserInfo } from '../../auth/user.ts';

/**
 * Whether a user may approve, sign or attest for a signer: by its own name, or for all of its domain.
 * Models certificates.IsAuthorizedForSignerName (v1.34).
 */
export async function maySign(
  authorization: AuthorizationChain,
  user: UserInfo,
  verb: string,
  signerName: string,
): Promise<boolean> {
  const [domain = ''] = signerName.split('/');
  for (const name of [signerName, `${domain}/*`]) {
    const { decision } = await authorization.authorize(user, {
      isResourceRequest: true,
      path: '',
      verb,
      apiGroup: 'certificates.k8s.io',
      namespace: '',
      resource: 'signers',
      subresource: '',
      name,
    });
    if (decision === 'allow') return true;
  }
  return false;
}
