import type { KubeObject, Pod } from '../../cluster/api/types.ts';
import type { LocalizedText } from '../../shared/contract/text.ts';
import type { CheckSpecOf } from '../../shared/lab/check-schema.ts';
import type { Check, CheckContext, CheckFactory } from '../interface.ts';
import { compileQuery } from '../object-matcher.ts';
import { both, countCredit, describeCount } from '../wording.ts';

const SHOWN = 5;

/** A Pod that was bound, and what the framework said of that at that moment. */
interface Judged {
  readonly pod: string;
  readonly node: string;
  readonly right: boolean;
  readonly why: LocalizedText;
}

interface StoredState {
  /** By uid. */
  readonly judged: Readonly<Record<string, Judged>>;
}

/** Judges each binding when it is seen, by the scheduler's framework over the cluster as it then is. */
export const placementCheck: CheckFactory<CheckSpecOf<'placement'>> = (spec, _context, stored): Check => {
  const query = compileQuery(spec.query);
  const rule = spec.count ?? { atLeast: 1 };
  const judged = new Map(Object.entries((stored as StoredState | undefined)?.judged ?? {}));

  const judge = (object: KubeObject, node: string, { cluster }: CheckContext): Judged => {
    const pod = object.metadata?.name ?? '';
    const view = cluster.placement(object);
    const refusal = view?.refusals.get(node);
    if (view === undefined || !view.fits.includes(node)) {
      const why = refusal ?? '';
      return { pod, node, right: false, why: both(why, why) };
    }
    if (spec.choice === 'best' && !view.best.includes(node)) {
      const better = view.best.join(', ');
      const why = both(`cabe, mas a maior pontuação é de ${better}`, `fits, but ${better} scores most`);
      return { pod, node, right: false, why };
    }
    return { pod, node, right: true, why: both('certo', 'right') };
  };

  return {
    onChange: (change, context) => {
      if (!query.concerns(change)) return false;
      const { object, previous } = change;
      const node = nodeOf(object);
      const uid = object?.metadata?.uid ?? '';
      if (object === undefined || node === '' || nodeOf(previous) !== '' || !query.matches(object))
        return false;
      judged.set(uid, judge(object, node, context));
      return true;
    },
    evaluate: () => {
      const all = [...judged.values()];
      const right = all.filter((one) => one.right).length;
      const wanted = describeCount(rule);
      const words =
        spec.choice === 'best'
          ? both('atribuídos ao node de maior pontuação', 'bound to the node that scores most')
          : both('atribuídos a um node onde cabem', 'bound to a node where they fit');
      const actual = (locale: 'pt-BR' | 'en'): string =>
        all
          .slice(-SHOWN)
          .map(({ pod, node, why }) => `${pod} → ${node}: ${why[locale]}`)
          .join('; ');
      return {
        credit: countCredit(rule, right),
        expected:
          spec.expected ??
          both(
            `${query.text}: ${wanted['pt-BR']} ${words['pt-BR']}`,
            `${query.text}: ${wanted.en} ${words.en}`,
          ),
        actual: both(
          all.length === 0 ? 'nenhum foi atribuído ainda' : actual('pt-BR'),
          all.length === 0 ? 'none has been bound yet' : actual('en'),
        ),
      };
    },
    state: () => ({ judged: Object.fromEntries(judged) }),
  };
};

function nodeOf(object: KubeObject | undefined): string {
  return (object as Pod | undefined)?.spec?.nodeName ?? '';
}
