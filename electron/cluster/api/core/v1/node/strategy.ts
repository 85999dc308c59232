import { ageOf } from '../../../../apimachinery/duration.ts';
import { defineStrategy, statusSubresource, withStatusOf } from '../../../generic-strategy.ts';
import type { TableCell } from '../../../../apimachinery/table.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Node } from '../../../types.ts';
import { validateNode, validateNodeStatus, validateNodeUpdate } from './validation.ts';

const GVK = { group: '', version: 'v1', kind: 'Node' };
const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

/** Nodes. Models pkg/registry/core/node (v1.34). */
export const NODE_STRATEGY: KindStrategy<Node> = defineStrategy<Node>({
  gvk: GVK,
  resource: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  storageVersionHash: 'XwShjMxG9Fs=',
  subresources: [statusSubresource(GVK)],
  // A kubelet registers its Node with a status, so create keeps it.
  applyDefaults: defaultNode,
  prepareForUpdate: (node, old) => withStatusOf(node, old),
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  status: { validate: validateNodeStatus },
  fieldLabels: ['spec.unschedulable'],
  selectableFields: (node) => ({ 'spec.unschedulable': String(node.spec?.unschedulable ?? false) }),
  tableRow: nodeRow,
});

/** Allocatable is the capacity unless said. Models SetDefaults_NodeStatus (v1.34). */
function defaultNode(node: Node): Node {
  const { status } = node;
  if (status?.capacity === undefined || status.allocatable !== undefined) return node;
  return { ...node, status: { ...status, allocatable: status.capacity } };
}

/** Models printNode (v1.34). */
function nodeRow(node: Node, now: number): TableCell[] {
  const info = node.status?.nodeInfo;
  return [
    node.metadata?.name ?? '',
    nodeStatusText(node),
    nodeRoles(node).join(',') || '<none>',
    ageOf(node.metadata?.creationTimestamp, now),
    info?.kubeletVersion ?? '',
    addressOf(node, 'InternalIP'),
    addressOf(node, 'ExternalIP'),
    (info?.osImage ?? '') || '<unknown>',
    (info?.kernelVersion ?? '') || '<unknown>',
    (info?.containerRuntimeVersion ?? '') || '<unknown>',
  ];
}

/** `Ready`, `NotReady,SchedulingDisabled`, `Unknown` when there is no Ready condition. */
export function nodeStatusText(node: Node): string {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (node.spec?.unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

/** Roles from labels, sorted. */
export function nodeRoles(node: Node): string[] {
  const roles = new Set<string>();
  for (const [name, value] of Object.entries(node.metadata?.labels ?? {})) {
    if (name.startsWith(ROLE_PREFIX) && name.length > ROLE_PREFIX.length)
      roles.add(name.slice(ROLE_PREFIX.length));
    else if (name === ROLE_LABEL && value !== '') roles.add(value);
  }
  return [...roles].sort();
}

function addressOf(node: Node, type: string): string {
  return node.status?.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}
