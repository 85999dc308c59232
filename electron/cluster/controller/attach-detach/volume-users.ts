import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/types.ts';
import { nameOf, namespaceOf } from '../../apimachinery/meta.ts';
import type { Lister } from '../../client/lister.ts';
import { isPodFinished } from '../pod-status.ts';

/** Pods of one volume by the node they are on. */
export type PodsByNode = ReadonlyMap<string, readonly Pod[]>;

/** Which nodes are to have a volume, and for whom. Models attachdetach/populator (v1.34). */
export class VolumeUsers {
  readonly #claims: Lister<PersistentVolumeClaim>;
  readonly #drivers: Lister<CSIDriver>;
  readonly #podsOf: (claim: string) => readonly Pod[];

  constructor(
    claims: Lister<PersistentVolumeClaim>,
    drivers: Lister<CSIDriver>,
    podsOf: (claim: string) => readonly Pod[],
  ) {
    this.#claims = claims;
    this.#drivers = drivers;
    this.#podsOf = podsOf;
  }

  isAttachable({ spec }: PersistentVolume): boolean {
    return spec?.csi !== undefined && this.#drivers.get(spec.csi.driver)?.spec?.attachRequired !== false;
  }

  of(volume: PersistentVolume): PodsByNode {
    const { namespace = '', name = '' } = volume.spec?.claimRef ?? {};
    const key = `${namespace}/${name}`;
    if (this.#claims.get(key)?.spec?.volumeName !== nameOf(volume)) return new Map();
    const pods = this.#podsOf(key).filter((pod) => (pod.spec?.nodeName ?? '') !== '' && !isPodFinished(pod));
    return Map.groupBy(pods, ({ spec }) => spec?.nodeName ?? '');
  }
}

/** More than one node may have it. Models util.IsMultiAttachAllowed (v1.34). */
export function isMultiAttachAllowed({ spec }: PersistentVolume): boolean {
  const modes = spec?.accessModes ?? [];
  return modes.length === 0 || modes.includes('ReadWriteMany') || modes.includes('ReadOnlyMany');
}

/** What a Pod is told whose volume another node has. Models reconciler.reportMultiAttachError (v1.34). */
export function multiAttachError(volume: string, pod: Pod, others: readonly Pod[]): string {
  const near = others.filter((other) => namespaceOf(other) === namespaceOf(pod)).map(nameOf);
  const far = others.length - near.length;
  const used =
    others.length === 0
      ? "Volume is already exclusively attached to one node and can't be attached to another"
      : near.length === 0
        ? `Volume is already used by ${far} pod(s) in different namespaces`
        : `Volume is already used by pod(s) ${near.join(', ')}${far === 0 ? '' : ` and ${far} pod(s) in different namespaces`}`;
  return `Multi-Attach error for volume ${JSON.stringify(volume)} ${used}`;
}
