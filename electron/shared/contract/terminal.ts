import { z } from 'zod';

export const TerminalInfo = z.object({
  id: z.string(),
  title: z.string(),
  profile: z.enum(['lab', 'own']),
  /** Null while it runs. */
  exitCode: z.number().nullable(),
});
export type TerminalInfo = z.infer<typeof TerminalInfo>;

/** Keystrokes and pasted text go up as bytes; output comes down as bytes. */
export const TerminalUp = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('resize'),
    cols: z.number().int().min(2).max(1000),
    rows: z.number().int().min(1).max(1000),
  }),
  /** So many bytes have been drawn. */
  z.object({ type: z.literal('ack'), bytes: z.number().int().min(0) }),
]);
export type TerminalUp = z.infer<typeof TerminalUp>;

export const TerminalDown = z.object({ type: z.literal('exit'), code: z.number() });
export type TerminalDown = z.infer<typeof TerminalDown>;
