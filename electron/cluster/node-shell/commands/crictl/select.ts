import type { Container, CriClient, PodSandbox } from '../../../cri/interface.ts';
import { CommandError } from '../../interface.ts';
import { fatal } from './interface.ts';

/** The container whose id begins so. What is not there is asked for all the same: the runtime says it in its words. @throws CriError */
export async function findContainer(cri: CriClient, prefix: string): Promise<Container> {
  const { containers } = await cri.call('ListContainers', {});
  const found = containers.filter((container) => prefix !== '' && container.id.startsWith(prefix));
  if (found.length > 1) throw fatal(`multiple containers matching ID prefix ${prefix}`);
  return found[0] ?? (await cri.call('ContainerStatus', { containerId: prefix })).status;
}

/** @throws CriError as above */
export async function findSandbox(cri: CriClient, prefix: string): Promise<PodSandbox> {
  const { items } = await cri.call('ListPodSandbox', {});
  const found = items.filter((sandbox) => prefix !== '' && sandbox.id.startsWith(prefix));
  if (found.length > 1) throw fatal(`multiple pods matching ID prefix ${prefix}`);
  return found[0] ?? (await cri.call('PodSandboxStatus', { podSandboxId: prefix })).status;
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new CommandError(`FATA[0000] listing containers: --name is invalid: ${text}\n`);
  }
}

type Values = ReadonlyMap<string, string>;

function hasLabels(labels: Readonly<Record<string, string>>, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const at = wanted.indexOf('=');
  return at > 0 && labels[wanted.slice(0, at)] === wanted.slice(at + 1);
}

/** The containers that flags of a list ask for, newest first. @throws CommandError */
export function filterContainers(
  containers: readonly Container[],
  sandboxes: readonly PodSandbox[],
  flags: ReadonlySet<string>,
  values: Values,
): readonly Container[] {
  const [id, state, name, pod, image, label, namespace] = ['id', 'state', 'name', 'pod', 'image', 'label', 'namespace'].map((key) => values.get(key)); // prettier-ignore
  const namespaceOf = (container: Container): string =>
    sandboxes.find((sandbox) => sandbox.id === container.podSandboxId)?.config.metadata.namespace ?? '';
  const last = flags.has('latest') ? 1 : values.has('last') ? Number(values.get('last')) : undefined;
  const isShown = ({ state: is }: Container): boolean =>
    state === undefined
      ? flags.has('a') || last !== undefined || is === 'CONTAINER_RUNNING'
      : is === `CONTAINER_${state.toUpperCase()}`;
  const shown = containers
    .filter(isShown)
    .filter((one) => id === undefined || one.id.startsWith(id))
    .filter((one) => name === undefined || pattern(name).test(one.config.metadata.name))
    .filter((one) => pod === undefined || one.podSandboxId.startsWith(pod))
    .filter((one) => image === undefined || one.config.image.includes(image) || one.imageId.includes(image))
    .filter((one) => namespace === undefined || pattern(namespace).test(namespaceOf(one)))
    .filter((one) => hasLabels(one.config.labels, label))
    .sort((a, b) => b.createdAt - a.createdAt);
  return last === undefined || last === 0 ? shown : shown.slice(0, last);
}

/** The Pods that flags of a list ask for, newest first. @throws CommandError */
export function filterSandboxes(items: readonly PodSandbox[], flags: ReadonlySet<string>, values: Values): readonly PodSandbox[] {
  const [id, state, name, label, namespace] = ['id', 'state', 'name', 'label', 'namespace'].map((key) => values.get(key));
  const last = flags.has('latest') ? 1 : Number(values.get('last') ?? 0);
  const shown = items
    .filter((one) => id === undefined || one.id.startsWith(id))
    .filter((one) => name === undefined || pattern(name).test(one.config.metadata.name))
    .filter((one) => namespace === undefined || pattern(namespace).test(one.config.metadata.namespace))
    .filter((one) => state === undefined || one.state === `SANDBOX_${state.toUpperCase()}`)
    .filter((one) => hasLabels(one.config.labels, label))
    .sort((a, b) => b.createdAt - a.createdAt);
  return last === 0 ? shown : shown.slice(0, last);
} // prettier-ignore
