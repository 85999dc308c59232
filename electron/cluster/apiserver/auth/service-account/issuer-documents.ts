import type { PublicKey } from '../../../../base/jose/public-key.ts';

const JWKS = '/openid/v1/jwks';

/**
 * What tells others how to check service account tokens, by path. Models pkg/serviceaccount/openidmetadata.go (v1.34).
 * `server` is where the keys are found.
 */
export function issuerDocuments(
  issuer: string,
  server: string,
  keys: readonly PublicKey[],
): ReadonlyMap<string, () => { readonly type: string; readonly value: unknown }> {
  const configuration = {
    issuer,
    jwks_uri: `${server}${JWKS}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  return new Map<string, () => { readonly type: string; readonly value: unknown }>([
    ['/.well-known/openid-configuration', () => ({ type: 'application/json', value: configuration })],
    [JWKS, () => ({ type: 'application/jwk-set+json', value: { keys: keys.map(({ jwk }) => jwk) } })],
  ]);
}
