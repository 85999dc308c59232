import { z } from 'zod';
import { CodedText } from './text.ts';

/** A machine of a topology, with what may be chosen of it. */
export const TopologyMachineView = z.object({
  name: z.string(),
  role: z.enum(['control-plane', 'worker']),
  runtime: z.enum(['containerd', 'cri-o', 'docker', 'mirantis']),
  /** `1.23.17`; empty: the cluster's own version. */
  kubelet: z.string(),
  /** `windows-2022`; empty: Linux. */
  windows: z.string(),
  tainted: z.boolean(),
  /** It waits to be joined. */
  spare: z.boolean(),
});
export type TopologyMachineView = z.infer<typeof TopologyMachineView>;

/** What a text of a topology means, or why it means nothing. */
export const TopologyAnswer = z.object({
  /** Nodes, control planes first. */
  machines: z.array(TopologyMachineView),
  problem: CodedText.nullable(),
});
export type TopologyAnswer = z.infer<typeof TopologyAnswer>;
