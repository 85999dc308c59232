import type { Node } from '../../api/types.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import { isNotFound } from '../../client/api-errors.ts';
import type { ApiClient } from '../../client/interface.ts';
import { resourceTypes } from '../../client/resource-types.ts';

/** `status.volumesAttached` of Nodes: by it a kubelet knows that it may mount. Models attachdetach/statusupdater (v1.34). */
export class AttachedVolumes {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** @throws StatusError; a Node that is gone is none */
  add(node: string, volume: string): Promise<void> {
    return this.#change(node, (names) => (names.includes(volume) ? names : [...names, volume]));
  }

  /** @throws StatusError; a Node that is gone is none */
  remove(node: string, volume: string): Promise<void> {
    return this.#change(node, (names) =>
      names.includes(volume) ? names.filter((name) => name !== volume) : names,
    );
  }

  /** The list is replaced as a whole, so it is read anew each time: volumes of one Node come and go side by side. */
  async #change(name: string, change: (names: readonly string[]) => readonly string[]): Promise<void> {
    const nodes = this.#client.resource<Node>(resourceTypes.nodes);
    try {
      const node = await nodes.get(name);
      const before = (node.status?.volumesAttached ?? []).map((attached) => attached.name);
      const after = change(before);
      if (after === before) return;
      const volumesAttached = after.length === 0 ? null : after.map((one) => ({ name: one, devicePath: '' }));
      await nodes.patch(
        nameOf(node),
        'application/strategic-merge-patch+json',
        { status: { volumesAttached } },
        'status',
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

export function isReported(node: Node | undefined, volume: string): boolean {
  return node?.status?.volumesAttached?.some(({ name }) => name === volume) ?? false;
}

/** The kubelet has it mounted, or is about to. */
export function isInUse(node: Node | undefined, volume: string): boolean {
  return node?.status?.volumesInUse?.includes(volume) ?? false;
}
