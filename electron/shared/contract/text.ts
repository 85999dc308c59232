import { z } from 'zod';

/** A text for people, in every language of the app. */
export const LocalizedText = z.object({ 'pt-BR': z.string(), en: z.string() });
export type LocalizedText = z.infer<typeof LocalizedText>;

export const Locale = z.enum(['pt-BR', 'en']);
export type Locale = z.infer<typeof Locale>;

/** A text the app words itself: a key of its catalogue and what to put in. */
export const CodedText = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});
export type CodedText = z.infer<typeof CodedText>;
