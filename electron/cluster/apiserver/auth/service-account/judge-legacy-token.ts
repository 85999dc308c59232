import type { LegacyToken } from '../../../api/core/v1/service-account/legacy-claims.ts';
import type { KubeObject, Secret } from '../../../api/types.ts';
import { decodeBase64 } from '../../../apimachinery/base64.ts';
import type { ObjectLookup } from './token-authenticator.ts';

/** Set on Secrets whose token nobody has used for a year; whoever sets it ends the token. */
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';

/**
 * Why a token from a Secret does not count (any more); undefined while it does: as long as the Secret holds it and the
 * account exists. `onUse` is told of the Secret whose token was shown. Models legacyValidator (pkg/serviceaccount/legacy.go,
 * v1.34), without its warning about tokens that earlier versions made unasked.
 */
export async function judgeLegacyToken(
  token: string,
  { namespace, secret: secretName, account: accountName, uid }: LegacyToken,
  find: ObjectLookup,
  onUse: (secret: Secret) => Promise<void>,
): Promise<string | undefined> {
  const secret = (await find('secrets', namespace, secretName)) as Secret | undefined;
  if (secret === undefined || isGoing(secret)) return 'Token has been invalidated';
  if (new TextDecoder().decode(decodeBase64(secret.data?.['token'] ?? '')) !== token)
    return "Token does not match server's copy";
  const account = await find('serviceaccounts', namespace, accountName);
  if (account === undefined) return `serviceaccounts "${accountName}" not found`;
  if (isGoing(account)) return `ServiceAccount ${namespace}/${accountName} has been deleted`;
  const found = account.metadata?.uid ?? '';
  if (found !== uid) return `ServiceAccount UID (${found}) does not match claim (${uid})`;
  await onUse(secret);
  return (secret.metadata?.labels?.[INVALID_SINCE] ?? '') === ''
    ? undefined
    : `the token in secret ${namespace}/${secretName} for service account ${namespace}/${accountName} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '${INVALID_SINCE}' label from the secret to temporarily allow use of this token`;
}

function isGoing({ metadata }: KubeObject): boolean {
  return metadata?.deletionTimestamp !== undefined;
}
