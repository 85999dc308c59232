import { createI18n } from 'vue-i18n';
import { en } from './en.ts';
import { ptBR } from './pt-br.ts';

/** A new i18n plugin. Messages are compiled to a tree and interpreted: nothing is evaluated as code. */
export function makeI18n(locale: 'pt-BR' | 'en') {
  return createI18n({
    legacy: false,
    locale,
    fallbackLocale: 'en',
    messages: { 'pt-BR': ptBR, en },
    missingWarn: true,
    fallbackWarn: true,
  });
}
