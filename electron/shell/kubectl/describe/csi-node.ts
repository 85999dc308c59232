import { annotationLines, labelLines, longTime } from './common.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import type { CSINode } from './types.ts';
import { DescribeWriter } from './writer.ts';

/** Which storage drivers run on a node, under which id, and how many volumes of each fit. Models kubectl's describeCSINode (v1.32). */
export async function describeCSINode(target: DescribeTarget): Promise<string> {
  const { metadata, spec } = target.object as unknown as CSINode;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `CreationTimestamp:\t${longTime(metadata?.creationTimestamp)}`);
  out.line(0, 'Spec:');
  const drivers = spec.drivers as typeof spec.drivers | null | undefined;
  if (drivers !== null && drivers !== undefined) {
    out.line(1, 'Drivers:');
    for (const { name, nodeID, allocatable, topologyKeys } of drivers) {
      out.line(2, `${name}:`);
      out.line(3, `Node ID:\t${nodeID}`);
      if (typeof allocatable?.count === 'number') {
        out.line(3, 'Allocatables:');
        out.line(4, `Count:\t${allocatable.count}`);
      }
      if (topologyKeys) out.line(3, `Topology Keys:\t[${topologyKeys.join(' ')}]`);
    }
  }
  await eventLines(out, target);
  return out.finish();
}
