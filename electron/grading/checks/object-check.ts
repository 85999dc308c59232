import type { CheckSpecOf } from '../../shared/lab/check-schema.ts';
import type { Check, CheckFactory } from '../interface.ts';
import { compileQuery } from '../object-matcher.ts';
import { both, countCredit, describeCount } from '../wording.ts';

const NAMES_SHOWN = 5;

/** Counts the objects that a query finds. */
export const objectCheck: CheckFactory<CheckSpecOf<'object'>> = (spec): Check => {
  const query = compileQuery(spec.query);
  const rule = spec.count ?? { atLeast: 1 };
  const wanted = describeCount(rule);
  return {
    onChange: (change) => query.concerns(change),
    evaluate: ({ cluster }) => {
      const found = query.list(cluster);
      const names = found.slice(0, NAMES_SHOWN).map((object) => object.metadata?.name ?? '');
      const shown =
        names.length === 0 ? '' : ` (${names.join(', ')}${found.length > NAMES_SHOWN ? ', …' : ''})`;
      return {
        credit: countCredit(rule, found.length),
        expected: spec.expected ?? both(`${query.text}: ${wanted['pt-BR']}`, `${query.text}: ${wanted.en}`),
        actual: both(`${found.length}${shown}`, `${found.length}${shown}`),
      };
    },
  };
};
