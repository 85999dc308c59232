import type { Locale, LocalizedText } from '../contract/text.ts';

type Detail = Readonly<Record<string, unknown>>;

const same = (text: string): LocalizedText => ({ 'pt-BR': text, en: text });
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
/** `create 1 Pod`, `create 3 Pods`. */
const counted = (
  en: string,
  ptBr: string,
  one: LocalizedText,
  many: LocalizedText,
  count: unknown,
): LocalizedText => {
  if (typeof count !== 'number') return { en: `${en} ${many.en}`, 'pt-BR': `${ptBr} ${many['pt-BR']}` };
  const noun = count === 1 ? one : many;
  return { en: `${en} ${count} ${noun.en}`, 'pt-BR': `${ptBr} ${count} ${noun['pt-BR']}` };
};
const pod = same('Pod');
const pods = same('Pods');

/** What a controller does, by the action of its decision. */
const ACTIONS: Readonly<Record<string, (detail: Detail) => LocalizedText>> = {
  'no-op': () => ({ en: 'nothing to do', 'pt-BR': 'nada a fazer' }),
  wait: () => ({ en: 'wait', 'pt-BR': 'esperar' }),
  'create-pods': ({ count, create }) => counted('create', 'criar', pod, pods, count ?? create),
  'delete-pods': ({ count, delete: removed }) => counted('delete', 'apagar', pod, pods, count ?? removed),
  'create-pod': ({ pod: name }) => ({ en: `create Pod ${text(name)}`, 'pt-BR': `criar o Pod ${text(name)}` }),
  'delete-pod': ({ pod: name }) => ({
    en: `delete Pod ${text(name)}`,
    'pt-BR': `apagar o Pod ${text(name)}`,
  }),
  'update-pod': ({ pod: name }) => ({
    en: `update Pod ${text(name)}`,
    'pt-BR': `atualizar o Pod ${text(name)}`,
  }),
  'replace-pod': ({ pod: name }) => ({
    en: `delete Pod ${text(name)}, to make it again`,
    'pt-BR': `apagar o Pod ${text(name)}, para refazê-lo`,
  }),
  'update-claim-owners': ({ pod: name }) => ({
    en: `write who the claims of Pod ${text(name)} go with`,
    'pt-BR': `escrever com quem vão os claims do Pod ${text(name)}`,
  }),
  'scale-up': ({ replicaSet, from, to }) => ({
    en: `scale ReplicaSet ${text(replicaSet)} up from ${text(from)} to ${text(to)}`,
    'pt-BR': `aumentar o ReplicaSet ${text(replicaSet)} de ${text(from)} para ${text(to)}`,
  }),
  'scale-down': ({ replicaSet, from, to }) => ({
    en: `scale ReplicaSet ${text(replicaSet)} down from ${text(from)} to ${text(to)}`,
    'pt-BR': `diminuir o ReplicaSet ${text(replicaSet)} de ${text(from)} para ${text(to)}`,
  }),
  annotate: ({ replicaSet }) => ({
    en: `write annotations of ReplicaSet ${text(replicaSet)}`,
    'pt-BR': `escrever annotations do ReplicaSet ${text(replicaSet)}`,
  }),
  'create-replicaset': ({ replicaSet, replicas }) => {
    const { en, 'pt-BR': ptBr } = counted('with', 'com', pod, pods, replicas);
    return {
      en: `create ReplicaSet ${text(replicaSet)} ${en}`,
      'pt-BR': `criar o ReplicaSet ${text(replicaSet)} ${ptBr}`,
    };
  },
  'delete-replicaset': ({ replicaSet }) => ({
    en: `delete ReplicaSet ${text(replicaSet)}, beyond the history limit`,
    'pt-BR': `apagar o ReplicaSet ${text(replicaSet)}, além do limite de histórico`,
  }),
  'update-status': () => ({ en: 'write the status', 'pt-BR': 'escrever o status' }),
  'back-off': ({ wait }) => ({
    en: `wait ${text(Math.ceil(Number(wait) / 1000))} s after failures`,
    'pt-BR': `esperar ${text(Math.ceil(Number(wait) / 1000))} s após falhas`,
  }),
  create: () => ({ en: 'create', 'pt-BR': 'criar' }),
  delete: () => ({ en: 'delete', 'pt-BR': 'apagar' }),
  skip: () => ({ en: 'skip this time', 'pt-BR': 'pular esta vez' }),
  finalize: () => ({ en: 'take the finalizer away', 'pt-BR': 'retirar o finalizer' }),
  'drop-references': () => ({
    en: 'take references to absent owners away',
    'pt-BR': 'retirar referências a donos ausentes',
  }),
  'delete-foreground': () => ({ en: 'delete, dependents first', 'pt-BR': 'apagar, dependentes antes' }),
  'finish-foreground': () => ({
    en: 'let it go: its dependents are gone',
    'pt-BR': 'deixá-lo ir: os dependentes se foram',
  }),
  orphan: () => ({ en: 'release its dependents', 'pt-BR': 'soltar os dependentes' }),
  taint: () => ({ en: 'write the taints', 'pt-BR': 'escrever os taints' }),
  'mark-unknown': () => ({ en: 'set its conditions to Unknown', 'pt-BR': 'pôr as conditions em Unknown' }),
  evict: () => ({ en: 'delete the Pod', 'pt-BR': 'apagar o Pod' }),
  'write-endpointslices': ({ create, update, delete: removed }) => ({
    en: `create ${text(create)}, update ${text(update)}, delete ${text(removed)} EndpointSlices`,
    'pt-BR': `criar ${text(create)}, atualizar ${text(update)}, apagar ${text(removed)} EndpointSlices`,
  }),
  'create-endpoints': () => ({ en: 'create the Endpoints', 'pt-BR': 'criar os Endpoints' }),
  'update-endpoints': () => ({ en: 'update the Endpoints', 'pt-BR': 'atualizar os Endpoints' }),
  'delete-endpoints': () => ({ en: 'delete the Endpoints', 'pt-BR': 'apagar os Endpoints' }),
  'reset-disruption-target': () => ({
    en: 'take the condition DisruptionTarget back',
    'pt-BR': 'retirar a condition DisruptionTarget',
  }),
  bind: () => ({ en: 'bind', 'pt-BR': 'vincular' }),
  unbind: () => ({ en: 'unbind', 'pt-BR': 'desvincular' }),
  release: () => ({ en: 'release', 'pt-BR': 'liberar' }),
  lose: () => ({ en: 'mark it Lost', 'pt-BR': 'marcá-lo Lost' }),
  'assign-class': () => ({ en: 'give it the default class', 'pt-BR': 'dar-lhe a classe padrão' }),
  'ask-provisioner': () => ({ en: 'ask the provisioner', 'pt-BR': 'pedir ao provisioner' }),
  attach: () => ({ en: 'attach', 'pt-BR': 'anexar' }),
  detach: () => ({ en: 'detach', 'pt-BR': 'desanexar' }),
  keep: () => ({ en: 'keep it: it is in use', 'pt-BR': 'mantê-lo: está em uso' }),
  'remove-finalizer': () => ({ en: 'take the finalizer away', 'pt-BR': 'retirar o finalizer' }),
  'create-serviceaccount': () => ({ en: 'create the ServiceAccount', 'pt-BR': 'criar a ServiceAccount' }),
  'create-configmap': () => ({ en: 'create the ConfigMap', 'pt-BR': 'criar o ConfigMap' }),
  'restore-configmap': () => ({ en: 'restore the ConfigMap', 'pt-BR': 'restaurar o ConfigMap' }),
  'create-claim': () => ({ en: 'create the claim', 'pt-BR': 'criar o claim' }),
  'delete-token': () => ({ en: 'delete the token', 'pt-BR': 'apagar o token' }),
  'fill-token': () => ({ en: 'write the token', 'pt-BR': 'escrever o token' }),
  'mark-invalid': () => ({ en: 'mark it invalid', 'pt-BR': 'marcá-lo inválido' }),
  'aggregate-rules': () => ({ en: 'write the rules', 'pt-BR': 'escrever as regras' }),
  approve: () => ({ en: 'approve', 'pt-BR': 'aprovar' }),
  sign: () => ({ en: 'sign', 'pt-BR': 'assinar' }),
  fail: () => ({ en: 'mark it failed', 'pt-BR': 'marcá-lo como falho' }),
};

/** Desired and observed states in Portuguese, by what they look like; `$1` and so on stand for numbers and names. */
const STATES: readonly (readonly [RegExp, string])[] = [
  [/^(\d+) Pods of the present template$/, '$1 Pods do template atual'],
  [
    /^(\d+) Pods, (\d+) of the present template, (\d+) available$/,
    '$1 Pods, $2 do template atual, $3 disponíveis',
  ],
  [/^(\d+) Pods of revision (.+)$/, '$1 Pods da revisão $2'],
  [/^(\d+) Pods, (\d+) ready$/, '$1 Pods, $2 prontos'],
  [/^(\d+) active, (\d+) succeeded, (\d+) failed$/, '$1 ativos, $2 com sucesso, $3 com falha'],
  [/^(\d+) active$/, '$1 ativos'],
  [/^one Pod on each node that fits$/, 'um Pod em cada node que serve'],
  [
    /^(\d+) nodes without their Pod, (\d+) Pods too many or too old$/,
    '$1 nodes sem o seu Pod, $2 Pods a mais ou velhos demais',
  ],
  [/^nothing while suspended$/, 'nada enquanto suspenso'],
  [/^no content$/, 'nenhum conteúdo'],
  [/^(\d+) objects$/, '$1 objetos'],
  [/^only objects whose owners exist$/, 'só objetos cujos donos existem'],
  [/^owners: (\d+) present, (\d+) absent, (\d+) waiting$/, 'donos: $1 presentes, $2 ausentes, $3 esperando'],
  [/^no taints$/, 'sem taints'],
  [/^a sign of life within (.+) s$/, 'um sinal de vida em $1 s'],
  [/^none for (\d+) s$/, 'nenhum há $1 s'],
  [
    /^no Pod that does not tolerate the taints of its node$/,
    'nenhum Pod que não tolere os taints do seu node',
  ],
  [/^on (\S+)$/, 'em $1'],
  [/^(\d+) endpoints in changed slices$/, '$1 endpoints em slices alterados'],
  [
    /^(\d+) slices missing, (\d+) changed, (\d+) without use$/,
    '$1 slices faltando, $2 alterados, $3 sem uso',
  ],
  [/^no Endpoints$/, 'sem Endpoints'],
  [/^the Service is gone$/, 'o Service se foi'],
  [/^(\d+) healthy Pods of (\d+)$/, '$1 Pods saudáveis de $2'],
  [/^(\d+) healthy, (-?\d+) may go$/, '$1 saudáveis, $2 podem sair'],
  [/^no disruption announced$/, 'nenhuma interrupção anunciada'],
  [/^announced, not deleted$/, 'anunciada, não apagado'],
  [/^a volume of (.+) of class (.+)$/, 'um volume de $1 da classe $2'],
  [/^a volume as its claim is$/, 'um volume como está o seu claim'],
  [
    /^a volume as its claim is, bound by a person$/,
    'um volume como está o seu claim, vinculado por uma pessoa',
  ],
  [/^its claim has gone$/, 'o seu claim se foi'],
  [/^claim (.+) is bound to (.*)$/, 'o claim $1 está vinculado a $2'],
  [/^(.+) is not there$/, '$1 não existe'],
  [/^(.+) is not free$/, '$1 não está livre'],
  [/^reclaim policy Delete, (.+) removed$/, 'política de recuperação Delete, $1 removido'],
  [/^none$/, 'nenhum'],
  [/^changed$/, 'alterado'],
  [/^(\d+) rules$/, '$1 regras'],
  [/^(\d+) signatures$/, '$1 assinaturas'],
  [/^a ServiceAccount default$/, 'uma ServiceAccount default'],
  [/^attached to no node without need$/, 'anexado a nenhum node sem necessidade'],
  [/^attached to (\S+)$/, 'anexado a $1'],
  [/^no attachment$/, 'nenhum anexo'],
  [/^no Pod that nobody looks after$/, 'nenhum Pod de que ninguém cuide'],
  [/^no expired token$/, 'nenhum token vencido'],
  [/^expired$/, 'vencido'],
];
const ONE = /\b1 (Pod|object|node|slice|endpoint|rule|signature)s\b/g;
const UM = /\b1 (Pod|objeto|node|slice|endpoint|regra|assinatura)s\b/g;

/** What is done, for people; the code of the action itself where there is no sentence for it. */
export function actionText(action: string, detail: Detail, locale: Locale): string {
  return ACTIONS[action]?.(detail)[locale] ?? action;
}

/** A desired or observed state for people; what has no translation stays as it is recorded. */
export function stateText(state: string, locale: Locale): string {
  if (locale === 'en') return state.replace(ONE, '1 $1');
  const found = STATES.find(([pattern]) => pattern.test(state));
  const told = found === undefined ? state : state.replace(found[0], found[1]);
  return told.replace(UM, '1 $1');
}
