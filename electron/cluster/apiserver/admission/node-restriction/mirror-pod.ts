import type { Node, Pod } from '../../../api/types.ts';
import { newNotFound } from '../../../apimachinery/status.ts';
import { quote } from '../../../apimachinery/validation/field-error.ts';
import { podReferences } from '../../../api/helpers/pod-references.ts';
import type { AdmissionAttributes } from '../interface.ts';
import { admissionForbidden } from '../forbidden.ts';
import type { NodeLookup } from './node-lookup.ts';

const MIRROR = 'kubernetes.io/config.mirror';

/** A kubelet makes only mirrors of its own static Pods, which refer to nothing. Models admitPodCreate (v1.34). @throws StatusError */
export async function admitMirrorPod(
  node: string,
  attributes: AdmissionAttributes,
  find: NodeLookup,
): Promise<void> {
  const { metadata, spec } = attributes.object as Pod;
  const refuse = (why: string): Error => admissionForbidden(attributes, why);
  const only = `node ${quote(node)} can only create pods with`;
  if (metadata?.annotations?.[MIRROR] === undefined)
    throw refuse(
      `pod does not have ${quote(MIRROR)} annotation, node ${quote(node)} can only create mirror pods`,
    );
  if (spec?.nodeName !== node) throw refuse(`${only} spec.nodeName set to itself`);
  const [owner, ...others] = metadata.ownerReferences ?? [];
  if (others.length > 0) throw refuse(`${only} a single owner reference set to itself`);
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    throw refuse(`${only} an owner reference set to itself`);
  if (owner.controller !== true) throw refuse(`${only} a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion === true)
    throw refuse(`node ${quote(node)} must not set blockOwnerDeletion on an owner reference`);
  const found = (await find('', 'nodes', '', node)) as Node | undefined;
  if (found === undefined) throw newNotFound({ group: '', resource: 'node' }, node);
  const uid = found.metadata?.uid ?? '';
  // The two are this way round upstream.
  if (owner.uid !== uid) throw refuse(`node ${node} UID mismatch: expected ${owner.uid} got ${uid}`);
  refuseReferences(attributes.object as Pod, (what) =>
    refuse(`node ${quote(node)} can not create pods that reference ${what}`),
  );
}

/** Whoever could make a Pod that refers to something could then read it. */
function refuseReferences(pod: Pod, refuse: (what: string) => Error): void {
  if ((pod.spec?.serviceAccountName ?? '') !== '') throw refuse('a service account');
  const referred = podReferences(pod);
  if (referred.has('secrets')) throw refuse('secrets');
  if (referred.has('configmaps')) throw refuse('configmaps');
  const volumes = pod.spec?.volumes ?? [];
  if (
    volumes.some(({ projected }) => projected?.sources?.some((s) => s.clusterTrustBundle !== undefined)) ===
    true
  )
    throw refuse('clustertrustbundles');
  if (volumes.some((volume) => volume.persistentVolumeClaim !== undefined))
    throw refuse('persistentvolumeclaims');
}
