import { useText } from '../i18n/use-text.ts';
import { useUi } from '../stores/ui.ts';

/** Runs an action of a person; a refusal is shown in words, never thrown away. */
export function useAttempt(): (action: () => unknown) => Promise<boolean> {
  const ui = useUi();
  const { t, te } = useText();
  return async (action) => {
    try {
      ui.failure = null;
      await action();
      return true;
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      const key = `errors.${code ?? ''}`;
      const text = te(key)
        ? t(key, { message: message ?? '' })
        : t('errors.other', { message: message ?? String(error) });
      ui.failure = text;
      return false;
    }
  };
}
