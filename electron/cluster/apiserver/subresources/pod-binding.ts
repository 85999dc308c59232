import { validatePodBinding } from '../../api/core/v1/binding/validation.ts';
import type { Binding, KubeObject, Pod, PodCondition } from '../../api/types.ts';
import { newBadRequest, newConflict, newInvalid } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { storageToStatus } from '../registry/storage-to-status.ts';
import { admitSubresource } from '../endpoints/admit-subresource.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import { decodeRequestObject } from '../endpoints/body-decoder.ts';
import { parseWriteOptions } from '../endpoints/request-options.ts';
import { respondObject } from '../endpoints/responder.ts';
import type { ServedResource, SubresourceHandler } from '../endpoints/served-resource.ts';
import { writeContextOf } from '../endpoints/write-handlers.ts';
import { withCondition } from './pod-condition.ts';

const BINDING = { group: '', version: 'v1', kind: 'Binding' };
const PODS_BINDING = { group: '', resource: 'pods/binding' };
const PODS = { group: '', resource: 'pods' };

/** The Pod assigned to a node. @throws StatusError 409 with upstream's texts */
export function assignPod(pod: Pod, binding: Binding, now: number): Pod {
  const name = pod.metadata?.name ?? '';
  const uid = binding.metadata?.uid ?? '';
  const conflict = (why: string): Error => newConflict(PODS_BINDING, name, why);
  if (uid !== '' && uid !== pod.metadata?.uid) {
    throw conflict(
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata?.uid ?? ''}`,
    );
  }
  if (pod.metadata?.deletionTimestamp !== undefined) {
    throw conflict(`pod ${name} is being deleted, cannot be assigned to a host`);
  }
  if ((pod.spec?.nodeName ?? '') !== '') {
    throw conflict(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec?.nodeName)}`);
  }
  if ((pod.spec?.schedulingGates ?? []).length > 0) {
    throw conflict(`pod ${name} has non-empty .spec.schedulingGates`);
  }
  const scheduled: PodCondition = {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: formatTime(now),
  };
  const annotations = { ...pod.metadata?.annotations, ...binding.metadata?.annotations };
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { ...(pod.spec as NonNullable<Pod['spec']>), nodeName: binding.target.name },
    status: { ...pod.status, conditions: withCondition(pod.status?.conditions ?? [], scheduled) },
  };
}

/** POST pods/x/binding: how the scheduler assigns a Pod. Models pkg/registry/core/pod/storage BindingREST (v1.34). */
export const POD_BINDING: SubresourceHandler = {
  verbs: ['create'],
  handle: (request, pods) => bindPod(request, pods, request.info.name),
};

/** POST bindings: the same, for the Pod that the body names. Models LegacyBindingREST. */
export function serveBindings(pods: () => ServedResource): NonNullable<ServedResource['review']> {
  return (request) => bindPod(request, pods(), undefined);
}

/** A POST to `bindings` is admitted as one to the binding of the Pod, which is what it comes to. */
function asBindingOf(request: ApiRequest, name: string): ApiRequest {
  return { ...request, info: { ...request.info, resource: 'pods', subresource: 'binding', name } };
}

/** `named`: the Pod of the URL; undefined where only the body says. @throws StatusError */
async function bindPod(request: ApiRequest, pods: ServedResource, named: string | undefined): Promise<void> {
  const { info, exchange, trail } = request;
  const options = parseWriteOptions(info.query, 'CreateOptions', exchange.request.headers['user-agent']);
  const decoded = decodeRequestObject(exchange, BINDING, options.fieldValidation).object;
  const given = decoded.metadata?.name ?? '';
  const name = named ?? given;
  if (given !== '' && given !== name) {
    throw newBadRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
  const admitted = named === undefined ? asBindingOf(request, given) : request;
  const write = writeContextOf(request, options);
  const binding = (await admitSubresource(admitted, pods, BINDING, decoded, write)) as Binding;
  const errors = validatePodBinding(binding);
  if (errors.length > 0) throw newInvalid(BINDING, name, errors);
  if (name === '') throw newBadRequest('Name parameter required.');
  const { store } = pods;
  const now = store.context.clock.now();
  const key = store.key(info.namespace, name);
  try {
    const assign = (stored: KubeObject | undefined): KubeObject =>
      assignPod(stored as Pod, binding, now) as KubeObject;
    if (options.dryRun) assign((await store.store.get(key)).object);
    else await store.store.guaranteedUpdate(key, assign);
  } catch (error) {
    throw storageToStatus(error, PODS, name);
  }
  trail.etcd = options.dryRun ? 'dry run' : 'update';
  const value = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  respondObject(exchange, info.query, trail, { status: 201, value, warnings: write.warnings });
}
