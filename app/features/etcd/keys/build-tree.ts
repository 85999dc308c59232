import { keyText } from './bytes.ts';
import type { Bytes } from './bytes.ts';

/** A folder (a common beginning that ends in `/`) or a key. */
export interface TreeNode {
  /** Unique: `d:` and the beginning, or `k:` and the key. */
  readonly id: string;
  /** The part of the key that this level adds. */
  readonly label: string;
  /** Undefined for a folder. */
  readonly key: Bytes | undefined;
  /** Undefined for a key. */
  readonly children: TreeNode[] | undefined;
  /** Keys below a folder. */
  count: number;
}

/** Keys by the parts of their paths, `/registry/pods/default/web` below `/registry`, `pods`, `default`; in the order of keys. */
export function buildTree(keys: Iterable<Bytes>): TreeNode[] {
  const roots: TreeNode[] = [];
  const folders = new Map<string, TreeNode>();

  function folder(path: string): TreeNode {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const at = path.lastIndexOf('/', path.length - 2);
    // A slash at the very beginning belongs to the first part.
    const parent = at <= 0 ? '' : path.slice(0, at + 1);
    const node: TreeNode = {
      id: `d:${path}`,
      label: keyText(path.slice(parent.length)),
      key: undefined,
      children: [],
      count: 0,
    };
    folders.set(path, node);
    (parent === '' ? roots : (folder(parent).children as TreeNode[])).push(node);
    return node;
  }

  for (const key of [...keys].sort()) {
    const at = key.lastIndexOf('/', key.length - 2);
    const parent = at <= 0 ? '' : key.slice(0, at + 1);
    const leaf: TreeNode = {
      id: `k:${key}`,
      label: keyText(key.slice(parent.length)),
      key,
      children: undefined,
      count: 1,
    };
    (parent === '' ? roots : (folder(parent).children as TreeNode[])).push(leaf);
    for (let path = parent; path !== ''; path = parentOf(path)) folder(path).count += 1;
  }
  return roots;
}

/** `/registry/pods/` → `/registry/`; empty at the top. */
export function parentOf(path: string): string {
  const at = path.lastIndexOf('/', path.length - 2);
  return at <= 0 ? '' : path.slice(0, at + 1);
}

/** Ids of all folders above a key. */
export function foldersOf(key: Bytes): string[] {
  const ids: string[] = [];
  for (let path = parentOf(key); path !== ''; path = parentOf(path)) ids.push(`d:${path}`);
  return ids;
}

/** Ids of all folders of a tree. */
export function allFolders(nodes: readonly TreeNode[]): string[] {
  return nodes.flatMap((node) =>
    node.children === undefined ? [] : [node.id, ...allFolders(node.children)],
  );
}
