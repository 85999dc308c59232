import type { Outcome } from '../../shared/contract/scheduling.ts';
import type { Locale } from '../../shared/contract/text.ts';

/** What `kubectl explain-scheduling` says. */
export interface Words {
  readonly outcome: Readonly<Record<Outcome, string>>;
  readonly bound: (node: string) => string;
  readonly recorded: (record: number, attempt: number) => string;
  readonly rerun: string;
  readonly unseen: string;
  readonly isOn: (node: string) => string;
  readonly queue: (queue: string) => string;
  readonly movedBy: (queue: string, why: string) => string;
  readonly node: string;
  readonly verdict: string;
  readonly total: string;
  readonly fits: string;
  readonly chosen: string;
  readonly nominated: string;
  readonly notScored: string;
  readonly tie: (nodes: string) => string;
  readonly omitted: (count: number) => string;
  readonly candidates: string;
  readonly victims: (node: string, pods: string) => string;
  readonly plugin: string;
  readonly pass: string;
  readonly when: Readonly<Record<'decision' | 'now', string>>;
  readonly faithful: Readonly<Record<'yes' | 'no' | 'none', string>>;
  readonly before: (plugin: string) => string;
  readonly already: (node: string) => string;
  readonly remedies: (node: string) => string;
  readonly and: string;
  readonly then: (outcome: string, feasible: number) => string;
  readonly noRemedy: string;
  readonly noneFound: string;
  readonly incomplete: string;
  readonly with: string;
  readonly was: string;
  readonly is: string;
  readonly sameNodes: string;
}

const en: Words = {
  outcome: {
    bind: 'bound',
    preempt: 'makes room by preemption',
    unschedulable: 'unschedulable',
    error: 'failed',
    gated: 'held by scheduling gates',
  },
  bound: (node) => `goes to ${node}`,
  recorded: (record, attempt) => `decided in record ${record}, attempt ${attempt}`,
  rerun: 'nothing recorded: the cycle was done now, and nothing was bound',
  unseen: 'No scheduler has seen it: it is stopped, or none answers for its schedulerName.',
  isOn: (node) => `It is on ${node} now: what follows is what the scheduler would choose for it.`,
  queue: (queue) => `Queue: ${queue}`,
  movedBy: (queue, why) => `moved to ${queue} by ${why}`,
  node: 'NODE',
  verdict: 'VERDICT',
  total: 'TOTAL',
  fits: 'fits',
  chosen: 'chosen',
  nominated: 'nominated',
  notScored: 'Only one node fits, so nothing was scored.',
  tie: (nodes) => `Tie, chance decided: ${nodes}`,
  omitted: (count) => `${count} more nodes were not looked at, or are not kept in the record.`,
  candidates: 'Preemption could make room on:',
  victims: (node, pods) => `${node}: without ${pods}`,
  plugin: 'PLUGIN',
  pass: 'passes',
  when: { decision: 'As the scheduler saw the cluster when it decided', now: 'As the cluster is now' },
  faithful: {
    yes: 'the cycle done again found the same',
    no: 'the cycle done again found something else, so what follows may be off',
    none: 'nothing recorded to compare with',
  },
  before: (plugin) => `Refused before any node was looked at, by ${plugin}`,
  already: (node) => `${node} takes the Pod.`,
  remedies: (node) => `Smallest changes with which ${node} takes the Pod, each tried:`,
  and: 'and',
  then: (outcome, feasible) => `then: ${outcome}, ${feasible} fit`,
  noRemedy: 'Nothing about the Pod or the node would help: what it is refused for has to change first.',
  noneFound: 'No small change was found with which it would.',
  incomplete: 'The search was ended early: there may be others.',
  with: 'With:',
  was: 'BEFORE',
  is: 'AFTER',
  sameNodes: 'All other nodes: no difference.',
};

const ptBr: Words = {
  outcome: {
    bind: 'atribuído',
    preempt: 'abre espaço por preempção',
    unschedulable: 'não escalonável',
    error: 'falhou',
    gated: 'retido por scheduling gates',
  },
  bound: (node) => `vai para ${node}`,
  recorded: (record, attempt) => `decidido no registro ${record}, tentativa ${attempt}`,
  rerun: 'nada registrado: o ciclo foi feito agora, e nada foi atribuído',
  unseen: 'Nenhum scheduler o viu: está parado, ou nenhum responde pelo schedulerName dele.',
  isOn: (node) => `Ele está em ${node} agora: o que segue é o que o scheduler escolheria para ele.`,
  queue: (queue) => `Fila: ${queue}`,
  movedBy: (queue, why) => `foi para ${queue} por ${why}`,
  node: 'NODE',
  verdict: 'VEREDITO',
  total: 'TOTAL',
  fits: 'cabe',
  chosen: 'escolhido',
  nominated: 'nomeado',
  notScored: 'Só cabe em um node, então nada foi pontuado.',
  tie: (nodes) => `Empate, o acaso decidiu: ${nodes}`,
  omitted: (count) => `Mais ${count} nodes não foram olhados, ou não estão guardados no registro.`,
  candidates: 'A preempção poderia abrir espaço em:',
  victims: (node, pods) => `${node}: sem ${pods}`,
  plugin: 'PLUGIN',
  pass: 'passa',
  when: { decision: 'Como o scheduler via o cluster quando decidiu', now: 'Como o cluster está agora' },
  faithful: {
    yes: 'o ciclo refeito encontrou o mesmo',
    no: 'o ciclo refeito encontrou outra coisa, então o que segue pode não valer',
    none: 'nada registrado com que comparar',
  },
  before: (plugin) => `Recusado antes de olhar qualquer node, por ${plugin}`,
  already: (node) => `${node} aceita o Pod.`,
  remedies: (node) => `Menores mudanças com que ${node} aceita o Pod, cada uma experimentada:`,
  and: 'e',
  then: (outcome, feasible) => `então: ${outcome}, cabe em ${feasible}`,
  noRemedy: 'Nada no Pod ou no node ajudaria: o motivo da recusa tem de mudar antes.',
  noneFound: 'Não se achou mudança pequena com que aceitasse.',
  incomplete: 'A busca terminou antes do fim: pode haver outras.',
  with: 'Com:',
  was: 'ANTES',
  is: 'DEPOIS',
  sameNodes: 'Todos os outros nodes: nenhuma diferença.',
};

export const WORDS: Readonly<Record<Locale, Words>> = { en, 'pt-BR': ptBr };
