import type { CycleState } from '../../framework/cycle-state.ts';
import type { PreScorePlugin, ScorePlugin } from '../../framework/interface.ts';
import { maxNodeScore } from '../../framework/interface.ts';
import type { Handle } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';

const mebibyte = 1024 * 1024;
const minThreshold = 23 * mebibyte;
const maxContainerThreshold = 1000 * mebibyte;

/** Adds the tag that goes without saying: `nginx` is `nginx:latest`. */
function normalized(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

/** Prefers nodes that have the Pod's images already, the more so the more nodes have them. Models plugins/imagelocality (v1.34). */
export class ImageLocality implements PreScorePlugin, ScorePlugin {
  readonly name = 'ImageLocality';
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  preScore(state: CycleState, { pod }: PodInfo): Status | undefined {
    const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    state.write(
      this.name,
      containers.map(({ image }) => normalized(image ?? '')),
    );
    return undefined;
  }

  score(state: CycleState, _pod: PodInfo, nodes: readonly NodeInfo[]): number[] {
    const images = state.required<readonly string[]>(this.name);
    const { imageNodes, nodeCount } = this.#handle.images();
    // An image that is nowhere tells nothing.
    const known = images.filter((image) => (imageNodes.get(image) ?? 0) > 0);
    if (known.length === 0) return new Array<number>(nodes.length).fill(0);
    const max = maxContainerThreshold * images.length;
    return nodes.map((node) => {
      let sum = 0;
      for (const image of known) {
        const size = node.images.get(image);
        // Spread counts: an image on few nodes must not draw every Pod to them.
        if (size !== undefined) sum += Math.trunc(size * ((imageNodes.get(image) ?? 0) / nodeCount));
      }
      const clamped = Math.min(max, Math.max(minThreshold, sum));
      return Math.trunc((maxNodeScore * (clamped - minThreshold)) / (max - minThreshold));
    });
  }
}
