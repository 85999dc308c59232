import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../../api/types.ts';
import { quote } from '../../../apimachinery/validation/field-error.ts';
import type { AuthorizationChain } from '../../auth/authorization-chain.ts';
import type { AdmissionAttributes } from '../interface.ts';
import type { NodeLookup } from './node-lookup.ts';

/**
 * Why a kubelet may not have a token for an audience: none of the Pod's volumes needs one, and nobody gave it the right.
 * Undefined when it may. Models validateNodeServiceAccountAudience (ServiceAccountNodeAudienceRestriction, v1.34).
 */
export async function refusedAudience(
  { user, namespace, name }: AdmissionAttributes,
  audiences: readonly string[],
  pod: Pod,
  find: NodeLookup,
  authorization: AuthorizationChain,
): Promise<string | undefined> {
  if (audiences.length > 1) return 'node may only request 0 or 1 audiences';
  const [audience = ''] = audiences;
  for (const volume of pod.spec?.volumes ?? []) {
    for (const { serviceAccountToken: token } of volume.projected?.sources ?? [])
      if (token !== undefined && (token.audience ?? '') === audience) return undefined;
    const driver = await driverOf(pod, volume, find);
    if (driver === undefined) continue;
    const found = (await find('storage.k8s.io', 'csidrivers', '', driver)) as CSIDriver | undefined;
    if (found?.spec.tokenRequests?.some((request) => request.audience === audience) === true)
      return undefined;
  }
  const { decision } = await authorization.authorize(user, {
    isResourceRequest: true,
    path: '',
    verb: 'request-serviceaccounts-token-audience',
    apiGroup: '',
    namespace,
    resource: audience,
    subresource: '',
    name,
  });
  if (decision === 'allow') return undefined;
  return `audience ${quote(audience)} not found in pod spec volume, ${user.name} is not authorized to request tokens for this audience`;
}

async function driverOf(pod: Pod, volume: Volume, find: NodeLookup): Promise<string | undefined> {
  if (volume.csi !== undefined) return volume.csi.driver;
  const { namespace = '', name = '' } = pod.metadata ?? {};
  const claimName =
    volume.ephemeral === undefined ? volume.persistentVolumeClaim?.claimName : `${name}-${volume.name}`;
  if (claimName === undefined) return undefined;
  const claim = (await find('', 'persistentvolumeclaims', namespace, claimName)) as
    PersistentVolumeClaim | undefined;
  const volumeName = claim?.spec?.volumeName ?? '';
  if (volumeName === '') return undefined;
  const bound = (await find('', 'persistentvolumes', '', volumeName)) as PersistentVolume | undefined;
  return bound?.spec?.csi?.driver;
}
