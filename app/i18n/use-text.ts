import { useI18n } from 'vue-i18n';
import type { LocalizedText } from '../../electron/shared/contract/text.ts';

/** The texts of the app (`t`, `te`) and of labs (`local`) in the language that is set. */
export function useText() {
  const { t, te, locale, n } = useI18n({ useScope: 'global' });
  const local = (text: LocalizedText): string => text[locale.value as keyof LocalizedText];
  return { t, te, n, locale, local };
}
