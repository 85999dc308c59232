import { z } from 'zod';
import { CodedText } from './text.ts';

/** Where the host is in its life. */
export const SessionState = z.object({
  phase: z.enum(['starting', 'running', 'failed']),
  /** What the host wants to tell once, e.g. that a damaged workspace was set aside or a port was busy. */
  notices: z.array(CodedText.extend({ id: z.string(), severity: z.enum(['info', 'warning', 'error']) })),
  failure: CodedText.nullable(),
  appVersion: z.string(),
  kubernetesVersion: z.string(),
  workspace: z.string(),
  topology: z.string(),
  endpoints: z
    .object({
      apiServer: z.string(),
      kubeconfig: z.string(),
      /** One URL for each member of etcd. */
      etcd: z.array(z.string()),
      /** Folder of the certificates that go with them, as kubeadm lays it out; null in plain text. */
      etcdPki: z.string().nullable(),
    })
    .nullable(),
});
export type SessionState = z.infer<typeof SessionState>;

/** Virtual time and how fast it goes. */
export const TimeState = z.object({
  /** Virtual milliseconds since the Unix epoch. */
  now: z.number(),
  paused: z.boolean(),
  /** Virtual seconds per real second. */
  speed: z.number(),
  /** True when nothing but periodic work is scheduled. */
  quiescent: z.boolean(),
  /** Newest etcd revision. */
  revision: z.number(),
  /** Newest id of the causal log. */
  record: z.number(),
});
export type TimeState = z.infer<typeof TimeState>;

export const SPEEDS = [0.5, 1, 2, 5, 10, 25, 50, 100] as const;

export const TimeChange = z.object({
  paused: z.boolean().optional(),
  speed: z.number().min(0.5).max(100).optional(),
});

/** `cause`: until the next message, decision or state change. */
export const StepRequest = z.object({ until: z.enum(['cause', 'write', 'decision', 'quiescent']) });

export const Settings = z.object({
  locale: z.enum(['system', 'pt-BR', 'en']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  motion: z.enum(['system', 'reduced', 'full']).default('system'),
  consoleFontSize: z.number().int().min(9).max(28).default(13),
  screenReader: z.boolean().default(false),
  /** Sizes of the panes in percent, by splitter id. */
  layout: z.record(z.string(), z.array(z.number())).default({}),
});
export type Settings = z.infer<typeof Settings>;
