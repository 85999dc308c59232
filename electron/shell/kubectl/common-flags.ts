import type { FlagSet, FlagSpec } from './flags.ts';
import type { Selection } from './resource-args.ts';

/** Flags several commands share; each command lists the ones it has. */
export const filenameFlags: readonly FlagSpec[] = [
  {
    name: 'filename',
    short: 'f',
    kind: 'slice',
    help: {
      en: 'File, folder or - (standard input) to read objects from.',
      'pt-BR': 'Arquivo, pasta ou - (entrada padrão) de onde ler objetos.',
    },
  },
  {
    name: 'recursive',
    short: 'R',
    kind: 'bool',
    help: { en: 'Read folders with all that is below them.', 'pt-BR': 'Lê pastas com tudo o que há abaixo.' },
  },
  {
    name: 'kustomize',
    short: 'k',
    kind: 'string',
    help: {
      en: 'Folder with a kustomization.yaml; instead of -f.',
      'pt-BR': 'Pasta com um kustomization.yaml; em vez de -f.',
    },
  },
];

/** What was given by `filenameFlags`. */
export function filesOf(flags: FlagSet): Pick<Selection, 'filenames' | 'kustomize' | 'recursive'> {
  return {
    filenames: flags.list('filename'),
    kustomize: flags.string('kustomize'),
    recursive: flags.bool('recursive'),
  };
}

export const selectorFlag: FlagSpec = {
  name: 'selector',
  short: 'l',
  kind: 'string',
  help: {
    en: 'Label selector, such as app=web,tier!=db or env in (a,b).',
    'pt-BR': 'Seletor de rótulos, como app=web,tier!=db ou env in (a,b).',
  },
};

export const fieldSelectorFlag: FlagSpec = {
  name: 'field-selector',
  kind: 'string',
  help: {
    en: 'Field selector, such as status.phase=Running.',
    'pt-BR': 'Seletor de campos, como status.phase=Running.',
  },
};

export const allNamespacesFlag: FlagSpec = {
  name: 'all-namespaces',
  short: 'A',
  kind: 'bool',
  help: { en: 'In all namespaces.', 'pt-BR': 'Em todos os namespaces.' },
};

export const allFlag: FlagSpec = {
  name: 'all',
  kind: 'bool',
  help: {
    en: 'All objects of the type in the namespace.',
    'pt-BR': 'Todos os objetos do tipo no namespace.',
  },
};

export const localFlag: FlagSpec = {
  name: 'local',
  kind: 'bool',
  help: {
    en: 'Work on the files alone; nothing is asked of the server.',
    'pt-BR': 'Trabalha só sobre os arquivos; nada é pedido ao servidor.',
  },
};

export const dryRunFlag: FlagSpec = {
  name: 'dry-run',
  kind: 'string',
  initial: 'none',
  alone: 'unchanged',
  values: ['none', 'client', 'server'],
  help: {
    en: 'none; client: only print what would be sent; server: send it without keeping it.',
    'pt-BR': 'none; client: só mostra o que seria enviado; server: envia sem guardar.',
  },
};

export const fieldManagerFlag = (initial: string): FlagSpec => ({
  name: 'field-manager',
  kind: 'string',
  initial,
  help: { en: 'Name that owns the fields written.', 'pt-BR': 'Nome que passa a possuir os campos escritos.' },
});

export const validateFlag: FlagSpec = {
  name: 'validate',
  kind: 'string',
  initial: 'strict',
  alone: 'strict',
  values: ['strict', 'warn', 'ignore', 'true', 'false'],
  help: {
    en: 'What unknown and doubled fields do: strict refuses, warn warns, ignore drops them.',
    'pt-BR': 'O que fazem campos desconhecidos e repetidos: strict recusa, warn avisa, ignore descarta.',
  },
};

export const saveConfigFlag: FlagSpec = {
  name: 'save-config',
  kind: 'bool',
  help: {
    en: 'Keep the configuration in the annotation apply compares with.',
    'pt-BR': 'Guarda a configuração na anotação que apply compara.',
  },
};

export const subresourceFlag: FlagSpec = {
  name: 'subresource',
  kind: 'string',
  values: ['status', 'scale', 'resize'],
  help: {
    en: 'Work on a subresource: status, scale, resize.',
    'pt-BR': 'Trabalha em um sub-recurso: status, scale, resize.',
  },
};

export const timeoutFlag = (initial: string): FlagSpec => ({
  name: 'timeout',
  kind: 'duration',
  initial,
  help: { en: 'How long to wait before giving up.', 'pt-BR': 'Quanto esperar antes de desistir.' },
});

/** Whom a binding is for. */
export const subjectFlags: readonly FlagSpec[] = [
  {
    name: 'user',
    kind: 'array',
    help: { en: 'A user; may be repeated.', 'pt-BR': 'Um usuário; pode ser repetida.' },
  },
  {
    name: 'group',
    kind: 'array',
    help: { en: 'A group; may be repeated.', 'pt-BR': 'Um grupo; pode ser repetida.' },
  },
  {
    name: 'serviceaccount',
    kind: 'array',
    help: {
      en: 'A service account, namespace:name; may be repeated.',
      'pt-BR': 'Uma conta de serviço, namespace:nome; pode ser repetida.',
    },
  },
];
