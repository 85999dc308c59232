import type { ControllerSummary, ManagerState } from '../../shared/contract/controllers.ts';
import type { Locale } from '../../shared/contract/text.ts';

/** What `kubectl explain-controller` says. */
export interface Words {
  readonly manager: Readonly<Record<ManagerState['state'], string>>;
  readonly lease: (holder: string, age: string, transitions: number) => string;
  readonly noLease: string;
  readonly state: Readonly<Record<ControllerSummary['state'], string>>;
  readonly choice: Readonly<Record<NonNullable<ControllerSummary['choice']>, string>>;
  readonly flag: (selection: string) => string;
  readonly columns: readonly string[];
  readonly keyColumns: readonly string[];
  readonly syncColumns: readonly string[];
  readonly queue: (name: string, depth: number, working: number, delays: number) => string;
  readonly waits: (age: string) => string;
  readonly inWork: (age: string) => string;
  readonly again: string;
  readonly retryIn: (left: string) => string;
  readonly backIn: (left: string) => string;
  readonly more: (count: number) => string;
  readonly nothingDone: string;
  readonly failed: (error: string) => string;
  readonly done: string;
  readonly quiet: string;
  readonly notModelled: (names: string) => string;
}

const en: Words = {
  manager: { leading: 'leads', standby: 'stands by', stopped: 'does not run' },
  lease: (holder, age, transitions) =>
    `Lease held by ${holder}, renewed ${age} ago, ${transitions} ${transitions === 1 ? 'transition' : 'transitions'}`,
  noLease: 'Nobody holds a lease.',
  state: {
    running: 'running',
    standby: 'standby',
    stopped: 'stopped',
    disabled: 'disabled',
    skipped: 'skipped',
  },
  choice: {
    all: 'enabled: * in --controllers means it',
    named: 'enabled: --controllers names it',
    excluded: 'disabled: --controllers takes it out',
    'off-by-default': 'disabled: off by default, * does not mean it',
    'not-listed': 'disabled: --controllers does not list it',
  },
  flag: (selection) => `--controllers=${selection}`,
  columns: ['CONTROLLER', 'STATE', 'READY', 'IN WORK', 'DELAYED', 'FAILING', 'SYNCS'],
  keyColumns: ['KEY', 'WHERE', 'RETRIES', 'LAST ERROR'],
  syncColumns: ['TIME', 'OBJECT', 'DESIRED', 'OBSERVED', 'ACTION', 'RESULT'],
  queue: (name, depth, working, delays) =>
    `Queue ${name}: ${depth} ready, ${working} in work, ${delays} delayed`,
  waits: (age) => `ready for ${age}`,
  inWork: (age) => `in work for ${age}`,
  again: ', and again after',
  retryIn: (left) => `tried again in ${left}`,
  backIn: (left) => `looked at again in ${left}`,
  more: (count) => `${count} more`,
  nothingDone: 'It has done nothing yet.',
  failed: (error) => `failed: ${error}`,
  done: 'done',
  quiet: 'nothing to do',
  notModelled: (names) => `Not modelled here: ${names}`,
};

const ptBr: Words = {
  manager: { leading: 'lidera', standby: 'está de reserva', stopped: 'não está em execução' },
  lease: (holder, age, transitions) =>
    `Lease com ${holder}, renovado há ${age}, ${transitions} ${transitions === 1 ? 'transição' : 'transições'}`,
  noLease: 'Ninguém detém um lease.',
  state: {
    running: 'em execução',
    standby: 'reserva',
    stopped: 'parado',
    disabled: 'desabilitado',
    skipped: 'omitido',
  },
  choice: {
    all: 'habilitado: * em --controllers o inclui',
    named: 'habilitado: --controllers o nomeia',
    excluded: 'desabilitado: --controllers o retira',
    'off-by-default': 'desabilitado: desligado por padrão, * não o inclui',
    'not-listed': 'desabilitado: --controllers não o lista',
  },
  flag: (selection) => `--controllers=${selection}`,
  columns: ['CONTROLLER', 'ESTADO', 'PRONTAS', 'EM CURSO', 'ADIADAS', 'FALHANDO', 'SYNCS'],
  keyColumns: ['CHAVE', 'ONDE', 'TENTATIVAS', 'ÚLTIMO ERRO'],
  syncColumns: ['HORA', 'OBJETO', 'DESEJADO', 'OBSERVADO', 'AÇÃO', 'RESULTADO'],
  queue: (name, depth, working, delays) =>
    `Fila ${name}: ${depth} prontas, ${working} em curso, ${delays} adiadas`,
  waits: (age) => `pronta há ${age}`,
  inWork: (age) => `em curso há ${age}`,
  again: ', e de novo depois',
  retryIn: (left) => `nova tentativa em ${left}`,
  backIn: (left) => `revista em ${left}`,
  more: (count) => `mais ${count}`,
  nothingDone: 'Ainda não fez nada.',
  failed: (error) => `falhou: ${error}`,
  done: 'feito',
  quiet: 'nada a fazer',
  notModelled: (names) => `Não modelados aqui: ${names}`,
};

export const WORDS: Readonly<Record<Locale, Words>> = { en, 'pt-BR': ptBr };
