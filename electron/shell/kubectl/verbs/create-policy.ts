import { KubectlError } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { sortedKeys } from '../json.ts';
import { canonicalQuantity } from '../quantity.ts';
import type { Session } from '../session.ts';
import type { Generator } from './create-generators.ts';

const text = (name: string, en: string, pt: string, initial?: string): FlagSpec => ({
  name,
  kind: 'string',
  ...(initial === undefined ? {} : { initial }),
  help: { en, 'pt-BR': pt },
});

function buildQuota(_session: Session, flags: FlagSet, name: string): JsonObject {
  const hard: JsonObject = {};
  for (const pair of flags.string('hard').split(',')) {
    if (flags.string('hard') === '') break;
    const parts = pair.split('=');
    if (parts.length !== 2)
      throw new KubectlError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
    const amount = canonicalQuantity(parts[1] ?? '');
    if (amount === undefined)
      throw new KubectlError(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    hard[parts[0] ?? ''] = amount;
  }
  const scopes = flags.string('scopes') === '' ? [] : flags.string('scopes').split(',');
  return {
    kind: 'ResourceQuota',
    apiVersion: 'v1',
    metadata: { name, creationTimestamp: null },
    spec: {
      ...(Object.keys(hard).length > 0
        ? { hard: Object.fromEntries(sortedKeys(hard).map((key) => [key, hard[key] ?? ''])) }
        : {}),
      ...(scopes.length > 0 ? { scopes } : {}),
    },
    status: {},
  };
}

/** A selector of equalities only. @throws KubectlError */
function equalities(typed: string): JsonObject {
  const labels: JsonObject = {};
  for (const term of typed.split(',')) {
    const pair = /^\s*([^=!<>\s]+)\s*(==|=|!=|>|<)\s*(.*?)\s*$/.exec(term);
    const [, key = '', operator = '', value = ''] = pair ?? [];
    if (!pair) throw new KubectlError('could not parse the provided selector');
    if (operator !== '=' && operator !== '==')
      throw new KubectlError(`${quote(operator)} is not a valid label selector operator`);
    labels[key] = value;
  }
  return { matchLabels: labels };
}

function numberOrPercent(typed: string, flag: string): Json {
  if (/^\d+$/.test(typed)) return Number(typed);
  if (/^\d+%$/.test(typed)) return typed;
  throw new KubectlError(`invalid format specified for ${flag}`);
}

function buildBudget(_session: Session, flags: FlagSet, name: string): JsonObject {
  const [min, max] = [flags.string('min-available'), flags.string('max-unavailable')];
  if (flags.string('selector') === '') throw new KubectlError('a selector must be specified');
  if (min === '' && max === '')
    throw new KubectlError('one of min-available or max-unavailable must be specified');
  if (min !== '' && max !== '')
    throw new KubectlError('min-available and max-unavailable cannot be both specified');
  const minAvailable = min === '' ? undefined : numberOrPercent(min, 'min-available');
  const maxUnavailable = max === '' ? undefined : numberOrPercent(max, 'max-unavailable');
  return {
    kind: 'PodDisruptionBudget',
    apiVersion: 'policy/v1',
    metadata: { name, creationTimestamp: null },
    spec: {
      ...(minAvailable === undefined ? {} : { minAvailable }),
      selector: equalities(flags.string('selector')),
      ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
    },
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  };
}

function buildPriorityClass(_session: Session, flags: FlagSet, name: string): JsonObject {
  const description = flags.string('description');
  return {
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: { name, creationTimestamp: null },
    value: flags.number('value'),
    ...(flags.bool('global-default') ? { globalDefault: true } : {}),
    ...(description === '' ? {} : { description }),
    preemptionPolicy: flags.string('preemption-policy'),
  };
}

/** `create quota|poddisruptionbudget|priorityclass`. */
export const policyGenerators: readonly Generator[] = [
  {
    name: 'poddisruptionbudget',
    aliases: ['pdb'],
    usage: 'NAME --selector=SELECTOR --min-available=N',
    short: {
      en: 'Create a limit on how many Pods may be away at once.',
      'pt-BR': 'Cria um limite de quantos Pods podem faltar ao mesmo tempo.',
    },
    flags: [
      text('min-available', 'Number or share of Pods to keep.', 'Número ou parte dos Pods a manter.'),
      text(
        'max-unavailable',
        'Number or share of Pods that may be away.',
        'Número ou parte dos Pods que podem faltar.',
      ),
      text('selector', 'Labels of the Pods, a=b,c=d.', 'Rótulos dos Pods, a=b,c=d.'),
    ],
    example: 'kubectl create poddisruptionbudget web --selector=app=web --min-available=1',
    failure: 'poddisruptionbudgets',
    build: buildBudget,
  },
  {
    name: 'priorityclass',
    aliases: ['pc'],
    usage: 'NAME --value=VALUE --global-default=BOOL',
    short: { en: 'Create a priority for Pods.', 'pt-BR': 'Cria uma prioridade para Pods.' },
    flags: [
      { name: 'value', kind: 'int', help: { en: 'The priority.', 'pt-BR': 'A prioridade.' } },
      {
        name: 'global-default',
        kind: 'bool',
        help: {
          en: 'For Pods that name no priority.',
          'pt-BR': 'Para Pods que não nomeiam prioridade.',
        },
      },
      text('description', 'When to use it.', 'Quando usar.'),
      text(
        'preemption-policy',
        'Whether such Pods may displace others.',
        'Se tais Pods podem desalojar outros.',
        'PreemptLowerPriority',
      ),
    ],
    example: 'kubectl create priorityclass high --value=1000 --description="before others"',
    clusterScoped: true,
    failure: 'priorityclass',
    build: buildPriorityClass,
  },
  {
    name: 'quota',
    aliases: ['resourcequota'],
    usage: 'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2]',
    short: { en: 'Create limits of a namespace.', 'pt-BR': 'Cria limites de um namespace.' },
    flags: [
      text('hard', 'The limits, as cpu=2,pods=10.', 'Os limites, como cpu=2,pods=10.'),
      text('scopes', 'Only for Pods in these scopes.', 'Só para Pods nestes escopos.'),
    ],
    example: 'kubectl create quota team --hard=cpu=4,memory=8Gi,pods=20',
    failure: 'quota',
    build: buildQuota,
  },
];
