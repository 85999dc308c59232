import type { FlagSpec } from './flags.ts';

/** Flags every command has. */
export const globalFlags: readonly FlagSpec[] = [
  { name: 'as', kind: 'string', help: { en: 'Act as this user.', 'pt-BR': 'Age como este usuário.' } },
  {
    name: 'as-group',
    kind: 'array',
    help: {
      en: 'Act as a member of this group; may be repeated.',
      'pt-BR': 'Age como membro deste grupo; pode ser repetida.',
    },
  },
  {
    name: 'as-uid',
    kind: 'string',
    help: { en: 'Act with this user UID.', 'pt-BR': 'Age com este UID de usuário.' },
  },
  {
    name: 'cache-dir',
    kind: 'string',
    hidden: true,
    help: {
      en: 'Accepted; discovery is cached in memory.',
      'pt-BR': 'Aceita; a descoberta fica em memória.',
    },
  },
  {
    name: 'certificate-authority',
    kind: 'string',
    help: {
      en: 'File with the certificate authority to trust.',
      'pt-BR': 'Arquivo com a autoridade certificadora confiável.',
    },
  },
  {
    name: 'client-certificate',
    kind: 'string',
    help: { en: 'File with the client certificate.', 'pt-BR': 'Arquivo com o certificado de cliente.' },
  },
  {
    name: 'client-key',
    kind: 'string',
    help: {
      en: 'File with the key of the client certificate.',
      'pt-BR': 'Arquivo com a chave do certificado de cliente.',
    },
  },
  {
    name: 'cluster',
    kind: 'string',
    help: { en: 'Cluster of the kubeconfig to use.', 'pt-BR': 'Cluster do kubeconfig a usar.' },
  },
  {
    name: 'context',
    kind: 'string',
    help: { en: 'Context of the kubeconfig to use.', 'pt-BR': 'Contexto do kubeconfig a usar.' },
  },
  {
    name: 'disable-compression',
    kind: 'bool',
    hidden: true,
    help: { en: 'Accepted; answers are not compressed.', 'pt-BR': 'Aceita; respostas não são comprimidas.' },
  },
  {
    name: 'insecure-skip-tls-verify',
    kind: 'bool',
    help: {
      en: "Do not check the server's certificate.",
      'pt-BR': 'Não verifica o certificado do servidor.',
    },
  },
  {
    name: 'kubeconfig',
    kind: 'string',
    help: { en: 'Path of the kubeconfig file.', 'pt-BR': 'Caminho do arquivo kubeconfig.' },
  },
  {
    name: 'match-server-version',
    kind: 'bool',
    hidden: true,
    help: { en: 'Require the same version at both ends.', 'pt-BR': 'Exige a mesma versão nos dois lados.' },
  },
  {
    name: 'namespace',
    short: 'n',
    kind: 'string',
    help: { en: 'Namespace to work in.', 'pt-BR': 'Namespace em que trabalhar.' },
  },
  {
    name: 'password',
    kind: 'string',
    help: { en: 'Password for basic authentication.', 'pt-BR': 'Senha para autenticação básica.' },
  },
  {
    name: 'request-timeout',
    kind: 'string',
    initial: '0',
    help: {
      en: 'How long one request may take; 0 waits for ever.',
      'pt-BR': 'Quanto tempo uma requisição pode levar; 0 espera sempre.',
    },
  },
  {
    name: 'server',
    short: 's',
    kind: 'string',
    help: { en: 'Address and port of the API server.', 'pt-BR': 'Endereço e porta do API server.' },
  },
  {
    name: 'tls-server-name',
    kind: 'string',
    help: {
      en: 'Name to expect in the server certificate.',
      'pt-BR': 'Nome esperado no certificado do servidor.',
    },
  },
  {
    name: 'token',
    kind: 'string',
    help: { en: 'Bearer token to authenticate with.', 'pt-BR': 'Token de portador para autenticar.' },
  },
  {
    name: 'user',
    kind: 'string',
    help: { en: 'User of the kubeconfig to use.', 'pt-BR': 'Usuário do kubeconfig a usar.' },
  },
  {
    name: 'username',
    kind: 'string',
    help: { en: 'User name for basic authentication.', 'pt-BR': 'Nome para autenticação básica.' },
  },
  {
    name: 'v',
    short: 'v',
    kind: 'int',
    initial: '0',
    help: {
      en: 'How much to log: 6 requests, 7 headers, 8 bodies.',
      'pt-BR': 'Quanto registrar: 6 requisições, 7 cabeçalhos, 8 corpos.',
    },
  },
  { name: 'vmodule', kind: 'string', hidden: true, help: { en: 'Accepted.', 'pt-BR': 'Aceita.' } },
  {
    name: 'warnings-as-errors',
    kind: 'bool',
    help: { en: 'Fail when the server warns.', 'pt-BR': 'Falha quando o servidor avisa.' },
  },
  { name: 'help', short: 'h', kind: 'bool', help: { en: 'Show this help.', 'pt-BR': 'Mostra esta ajuda.' } },
];
