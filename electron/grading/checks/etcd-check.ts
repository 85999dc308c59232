import type { LocalizedText } from '../../shared/contract/text.ts';
import type { CheckSpecOf } from '../../shared/lab/check-schema.ts';
import { compilePredicate } from '../cel.ts';
import type { Check, CheckContext, CheckFactory, EtcdKey, EtcdState, EtcdView } from '../interface.ts';
import { both, countCredit, describeCount } from '../wording.ts';

interface StoredState {
  /** How etcd was when the task opened. */
  readonly before: EtcdState;
  /** Best credit so far; counts only for `ever`. */
  best: number;
}

interface Finding {
  readonly credit: number;
  readonly actual: LocalizedText;
}

/** Looks at keys of etcd and at its members, from outside: a stopped cluster can be graded too. */
export const etcdCheck: CheckFactory<CheckSpecOf<'etcd'>> = (spec, context, stored): Check => {
  const where = spec.where === undefined ? undefined : compilePredicate(spec.where, 'etcd', 'before');
  const whereKey = spec.key?.where === undefined ? undefined : compilePredicate(spec.key.where, 'kv');
  const rule = spec.key?.count ?? { atLeast: 1 };
  let state = stored as StoredState | undefined;

  const look = ({ cluster }: CheckContext): Finding | undefined => {
    const { etcd } = cluster;
    if (etcd === undefined) return undefined;
    const now = etcd.state();
    state ??= { before: now, best: 0 };
    const findings: Finding[] = [];
    if (spec.key !== undefined) {
      const keys = keysOf(etcd, spec.key);
      const found = keys.filter((kv) => whereKey === undefined || whereKey({ kv }));
      findings.push({ credit: countCredit(rule, found.length), actual: describeKeys(keys, found.length) });
    }
    if (where !== undefined)
      findings.push({ credit: where({ etcd: now, before: state.before }) ? 1 : 0, actual: describe(now) });
    const credit = Math.min(...findings.map((finding) => finding.credit));
    if (credit > state.best) state.best = credit;
    return { credit, actual: join(findings.map((finding) => finding.actual)) };
  };
  look(context);

  return {
    onEtcd: (present) => {
      const best = state?.best;
      const found = look(present);
      return !spec.ever || best !== state?.best || found?.credit !== 1;
    },
    evaluate: (present) => {
      const found = look(present);
      const place = spec.key?.name ?? `${spec.key?.prefix ?? ''}…`;
      const wanted = describeCount(rule);
      return {
        credit: spec.ever ? (state?.best ?? 0) : (found?.credit ?? 0),
        expected: spec.expected ?? both(`etcd: ${place}: ${wanted['pt-BR']}`, `etcd: ${place}: ${wanted.en}`),
        actual:
          found?.actual ??
          both('o etcd não pode ser visto neste cluster', 'etcd cannot be seen on this cluster'),
      };
    },
    state: () => (state === undefined ? null : { ...state }),
  };
};

function keysOf(etcd: EtcdView, key: NonNullable<CheckSpecOf<'etcd'>['key']>): readonly EtcdKey[] {
  if (key.prefix !== undefined) return etcd.list(key.prefix);
  const kv = etcd.get(key.name as string);
  return kv === undefined ? [] : [kv];
}

function describeKeys(keys: readonly EtcdKey[], found: number): LocalizedText {
  const [only] = keys;
  if (only === undefined) return both('não há tal chave', 'no such key');
  if (keys.length > 1) return both(`${found} de ${keys.length} chaves`, `${found} of ${keys.length} keys`);
  return both(
    `${only.key}: versão ${only.version}, revisão ${only.modRevision}`,
    `${only.key}: version ${only.version}, revision ${only.modRevision}`,
  );
}

function describe(etcd: EtcdState): LocalizedText {
  const running = etcd.members.filter((member) => member.running).length;
  const total = etcd.members.length;
  const alarms = etcd.members.flatMap(({ name, alarms: raised }) =>
    raised.map((alarm) => `${alarm} ${name}`),
  );
  const alarmed = alarms.length === 0 ? '' : `, ${alarms.join(', ')}`;
  const compacted = etcd.compactRevision;
  return both(
    `${running} de ${total} membros em execução, ${
      etcd.quorum ? `líder ${etcd.leader}` : 'sem quórum'
    }, termo ${etcd.term}, revisão ${etcd.revision}, compactado até ${compacted}${alarmed}`,
    `${running} of ${total} members running, ${
      etcd.quorum ? `leader ${etcd.leader}` : 'no quorum'
    }, term ${etcd.term}, revision ${etcd.revision}, compacted up to ${compacted}${alarmed}`,
  );
}

function join(texts: readonly LocalizedText[]): LocalizedText {
  return both(texts.map((text) => text['pt-BR']).join('; '), texts.map((text) => text.en).join('; '));
}
