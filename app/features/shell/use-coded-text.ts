import type { CodedText } from '../../../electron/shared/contract/text.ts';
import { useText } from '../../i18n/use-text.ts';

/** Words for what the host says in codes; a code this app does not know is shown as it is, never hidden. */
export function useCodedText(): (section: string, text: CodedText) => string {
  const { t, te } = useText();
  return (section, text) => {
    const key = `${section}.${text.code}`;
    if (te(key)) return t(key, text.params);
    const params = Object.entries(text.params).map(([name, value]) => `${name}=${value}`);
    return t(`${section}.other`, {
      code: text.code,
      params: params.join(', '),
      message: [text.code, ...params].join(' '),
    });
  };
}
