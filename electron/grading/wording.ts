import type { LocalizedText } from '../shared/contract/text.ts';
import type { CountRule } from '../shared/lab/check-schema.ts';

/** Both languages at once. */
export function both(ptBr: string, en: string): LocalizedText {
  return { 'pt-BR': ptBr, en };
}

export function meetsCount(rule: CountRule, count: number): boolean {
  if (rule.equals !== undefined && count !== rule.equals) return false;
  if (rule.atLeast !== undefined && count < rule.atLeast) return false;
  return rule.atMost === undefined || count <= rule.atMost;
}

/** How near a count is to a rule, 0 to 1: partial credit for those who are on the way. */
export function countCredit(rule: CountRule, count: number): number {
  if (meetsCount(rule, count)) return 1;
  const wanted = rule.equals ?? rule.atLeast;
  return wanted !== undefined && wanted > 0 && count < wanted ? count / wanted : 0;
}

export function describeCount(rule: CountRule): LocalizedText {
  if (rule.equals === 0) return both('nenhum', 'none');
  if (rule.equals !== undefined) return both(`exatamente ${rule.equals}`, `exactly ${rule.equals}`);
  const atLeast =
    rule.atLeast === undefined ? undefined : both(`pelo menos ${rule.atLeast}`, `at least ${rule.atLeast}`);
  const atMost =
    rule.atMost === undefined ? undefined : both(`no máximo ${rule.atMost}`, `at most ${rule.atMost}`);
  if (atLeast === undefined) return atMost ?? both('algum', 'some');
  if (atMost === undefined) return atLeast;
  return both(`${atLeast['pt-BR']} e ${atMost['pt-BR']}`, `${atLeast.en} and ${atMost.en}`);
}
