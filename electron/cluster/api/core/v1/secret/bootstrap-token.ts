import { decodeBase64 } from '../../../../apimachinery/base64.ts';
import { parseTime } from '../../../../apimachinery/time.ts';
import type { Secret } from '../../../types.ts';

export const BOOTSTRAP_TOKEN_TYPE = 'bootstrap.kubernetes.io/token';
export const BOOTSTRAP_TOKEN_PREFIX = 'bootstrap-token-';
/** Everybody who shows a bootstrap token is in it. */
const BOOTSTRAPPERS = 'system:bootstrappers';

/** A token that machines join with, as its Secret says. Models cluster-bootstrap/util/secrets (v1.34). */
export interface BootstrapToken {
  readonly id: string;
  readonly secret: string;
  readonly isForSigning: boolean;
  readonly isForAuthentication: boolean;
  /** Sorted. Undefined when one of them is not allowed. */
  readonly groups: readonly string[] | undefined;
  /** Virtual milliseconds; undefined for good, `NaN` when it cannot be read: such a token has expired. */
  readonly expires: number | undefined;
}

/** `abcdef.0123456789abcdef`, taken apart; undefined for what is no bootstrap token. */
export function parseBootstrapToken(
  text: string,
): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Undefined when the Secret is of another type, or its name and content do not go together. */
export function bootstrapTokenOf({ type, data, metadata }: Secret): BootstrapToken | undefined {
  if (type !== BOOTSTRAP_TOKEN_TYPE) return undefined;
  const text = (field: string): string => new TextDecoder().decode(decodeBase64(data?.[field] ?? ''));
  const [id, secret] = [text('token-id'), text('token-secret')];
  if (id === '' || secret === '' || metadata?.name !== `${BOOTSTRAP_TOKEN_PREFIX}${id}`) return undefined;
  const expiration = text('expiration');
  return {
    id,
    secret,
    isForSigning: text('usage-bootstrap-signing') === 'true',
    isForAuthentication: text('usage-bootstrap-authentication') === 'true',
    groups: groupsOf(text('auth-extra-groups')),
    expires: expiration === '' ? undefined : (parseTime(expiration) ?? Number.NaN),
  };
}

/** Milliseconds that the token is still good; undefined for good, 0 when it is no more. */
export function bootstrapTokenLeft({ expires }: BootstrapToken, now: number): number | undefined {
  if (expires === undefined) return undefined;
  return expires > now ? expires - now : 0;
}

function groupsOf(extra: string): readonly string[] | undefined {
  const more = extra === '' ? [] : extra.split(',');
  if (!more.every((group) => /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/.test(group)))
    return undefined;
  return [...new Set([BOOTSTRAPPERS, ...more])].toSorted();
}
