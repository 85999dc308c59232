import { applyMergePatch } from '../../apimachinery/patch/merge-patch.ts';
import type { KubeObject, Node, Pod } from '../../api/types.ts';
import { objectKey } from '../../client/object-key.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { Profile } from '../framework/profile.ts';
import type { Change, Situation, World } from './interface.ts';

type ObjectChange = Extract<Change, { readonly target: 'object' }>;

/** A situation and a Pod with things made different; the originals stay. */
export function applyChanges(
  situation: Situation,
  pod: Pod,
  changes: readonly Change[],
): { readonly situation: Situation; readonly pod: Pod } {
  let changed = pod;
  let { profile } = situation;
  const nodes = new Map<string, (node: Node) => Node>();
  const gone = new Set<string>();
  const goneNodes = new Set<string>();
  const objects: ObjectChange[] = [];
  for (const change of changes) {
    switch (change.target) {
      case 'pod':
        changed = applyMergePatch(changed, change.patch) as Pod;
        break;
      case 'node': {
        const before = nodes.get(change.name);
        nodes.set(
          change.name,
          (node) => applyMergePatch(before === undefined ? node : before(node), change.patch) as Node,
        );
        break;
      }
      case 'object':
        objects.push(change);
        break;
      case 'remove-pod':
        gone.add(change.name);
        break;
      case 'remove-node':
        goneNodes.add(change.name);
        break;
      case 'weight':
        profile = withPlugins(profile, (plugins) =>
          plugins.map((one) => (one.name === change.name ? { ...one, weight: change.weight } : one)),
        );
        break;
      case 'profile':
        profile = change.profile;
        break;
      case 'disable':
        profile = withPlugins(profile, (plugins) => plugins.filter(({ name }) => name !== change.name));
    }
  }
  const { world } = situation;
  const touched = nodes.size + gone.size + goneNodes.size + objects.length > 0;
  return {
    situation: {
      ...situation,
      world: touched ? altered(world, nodes, gone, goneNodes, objects) : world,
      profile,
    },
    pod: changed,
  };
}

/** Plugins stand in a profile once for all they do, and may stand there again for single extension points. */
function withPlugins(profile: Profile, change: (plugins: Profile['plugins']) => Profile['plugins']): Profile {
  const points = Object.entries(profile.points ?? {}).map(([point, set]) => [
    point,
    { ...set, enabled: change(set.enabled) },
  ]);
  return { ...profile, plugins: change(profile.plugins), points: Object.fromEntries(points) };
}

function withObject(all: readonly KubeObject[], { name, patch }: ObjectChange): readonly KubeObject[] {
  const at = all.findIndex((one) => objectKey(one) === name);
  const changed = applyMergePatch(all[at] ?? {}, patch) as KubeObject;
  return at < 0 ? [...all, changed] : all.with(at, changed);
}

function altered(
  world: World,
  nodes: ReadonlyMap<string, (node: Node) => Node>,
  gone: ReadonlySet<string>,
  goneNodes: ReadonlySet<string>,
  objects: readonly ObjectChange[],
): World {
  return {
    list: <T extends KubeObject>(type: ResourceType<T>): readonly T[] => {
      const all = world.list(type);
      const is = (other: ResourceType): boolean =>
        type.group === other.group && type.resource === other.resource;
      if (is(resourceTypes.pods)) return all.filter((one) => !gone.has(objectKey(one)));
      if (!is(resourceTypes.nodes))
        return objects
          .filter((change) => is(change.type))
          .reduce(withObject, all as readonly KubeObject[]) as T[];
      return all
        .filter((one) => !goneNodes.has(objectKey(one)))
        .map((one) => (nodes.get(objectKey(one))?.(one as Node) ?? one) as T);
    },
  };
}
