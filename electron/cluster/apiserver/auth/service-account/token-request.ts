import type { Context } from '../../../../base/context.ts';
import { signToken } from '../../../../base/jose/json-web-token.ts';
import type { PrivateKey } from '../../../../base/jose/private-key.ts';
import type { KubeObject, Pod, TokenRequest } from '../../../api/types.ts';
import { newBadRequest, newConflict, newInvalid, newNotFound } from '../../../apimachinery/status.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { invalid } from '../../../apimachinery/validation/field-error.ts';
import { admitSubresource } from '../../endpoints/admit-subresource.ts';
import { decodeRequestObject } from '../../endpoints/body-decoder.ts';
import { parseWriteOptions } from '../../endpoints/request-options.ts';
import type { SubresourceHandler } from '../../endpoints/served-resource.ts';
import { answerWithObject, checkNameOnUrl, writeContextOf } from '../../endpoints/write-handlers.ts';
import type { BoundClaims } from './claims.ts';
import type { ObjectLookup } from './token-authenticator.ts';

const KIND = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
const DEFAULT_SECONDS = 3_600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

export interface TokenRequestOptions {
  readonly context: Context;
  readonly key: PrivateKey;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly find: ObjectLookup;
}

type Bound = Pick<BoundClaims['kubernetes.io'], 'pod' | 'secret' | 'node'>;

/** POST serviceaccounts/x/token: a token for the account. Models TokenREST (pkg/registry/core/serviceaccount/storage, v1.34). */
export function tokenRequestHandler(options: TokenRequestOptions): SubresourceHandler {
  return {
    verbs: ['create'],
    async handle(request, resource): Promise<void> {
      const { info, exchange } = request;
      const asked = parseWriteOptions(info.query, 'CreateOptions', exchange.request.headers['user-agent']);
      const decoded = decodeRequestObject(exchange, KIND, asked.fieldValidation);
      // The account's name is enough; a name in the body has to agree with it.
      if ((decoded.object.metadata?.name ?? '') !== '')
        checkNameOnUrl(decoded.object, info.name, info.namespace);
      const write = writeContextOf(request, asked);
      write.warnings.push(...decoded.warnings);
      const wanted = await admitSubresource(request, resource, KIND, decoded.object, write);
      const account = await resource.store.get(info.namespace, info.name);
      const issued = await issue(options, wanted as TokenRequest, account);
      answerWithObject(request, resource, 201, issued, write.warnings);
    },
  };
}

async function issue(
  { context, key, issuer, audiences, find }: TokenRequestOptions,
  asked: TokenRequest,
  account: KubeObject,
): Promise<KubeObject> {
  const { name = '', namespace = '', uid } = account.metadata ?? {};
  const expirationSeconds = asked.spec?.expirationSeconds ?? DEFAULT_SECONDS;
  const meant = asked.spec?.audiences ?? [];
  const why =
    expirationSeconds < MIN_SECONDS
      ? 'may not specify a duration less than 10 minutes'
      : expirationSeconds > MAX_SECONDS
        ? 'may not specify a duration larger than 2^32 seconds'
        : '';
  if (why !== '') throw newInvalid(KIND, '', [invalid('spec.expirationSeconds', expirationSeconds, why)]);
  const reference = asked.spec?.boundObjectRef;
  const bound = reference === undefined ? {} : await bind(reference, name, namespace, find);
  const now = Math.floor(context.clock.now() / 1_000);
  const aud = meant.length === 0 ? audiences : meant;
  const claims: BoundClaims = {
    aud,
    exp: now + expirationSeconds,
    iat: now,
    iss: issuer,
    jti: context.rand.uuid(),
    'kubernetes.io': { namespace, ...bound, serviceaccount: { name, ...(uid === undefined ? {} : { uid }) } },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
  return {
    kind: KIND.kind,
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: formatTime(context.clock.now()) },
    spec: {
      audiences: aud,
      expirationSeconds,
      ...(reference === undefined ? {} : { boundObjectRef: reference }),
    },
    status: signedWhenRead(key, claims),
  } as KubeObject;
}

/**
 * `status` of the answer. The signature, the same whenever it is made, costs time, and every Pod's kubelet asks for
 * one: it is made when somebody looks at it.
 */
function signedWhenRead(key: PrivateKey, claims: BoundClaims): NonNullable<TokenRequest['status']> {
  let token: string | undefined;
  return {
    get token() {
      return (token ??= signToken(key, claims));
    },
    expirationTimestamp: formatTime(claims.exp * 1_000),
  };
}

async function bind(
  reference: NonNullable<NonNullable<TokenRequest['spec']>['boundObjectRef']>,
  account: string,
  namespace: string,
  find: ObjectLookup,
): Promise<Bound> {
  const { kind = '', apiVersion = '', name = '', uid = '' } = reference;
  const resource = apiVersion === 'v1' ? `${kind.toLowerCase()}s` : '';
  if (!['pods', 'secrets', 'nodes'].includes(resource))
    throw newBadRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`);
  const object = await find(resource, resource === 'nodes' ? '' : namespace, name);
  if (object === undefined) throw newNotFound({ group: '', resource }, name);
  const pod = resource === 'pods' ? (object as Pod) : undefined;
  if (pod !== undefined && pod.spec?.serviceAccountName !== account) {
    throw newBadRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  }
  const found = object.metadata?.uid ?? '';
  if (uid !== '' && uid !== found) {
    const text = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw newConflict({ group: '', resource: kind }, name, text);
  }
  const claim = { name, uid: found };
  if (pod === undefined) return resource === 'secrets' ? { secret: claim } : { node: claim };
  const nodeName = pod.spec?.nodeName ?? '';
  if (nodeName === '') return { pod: claim };
  const nodeUid = (await find('nodes', '', nodeName))?.metadata?.uid;
  return { node: { name: nodeName, ...(nodeUid === undefined ? {} : { uid: nodeUid }) }, pod: claim };
}
