import type { FlagSpec } from '../kubectl/flags.ts';

/** Flags every command of etcdctl has; each may also be given as ETCDCTL_NAME. Models etcdctl/ctlv3/ctl.go. */
export const globalFlags: readonly FlagSpec[] = [
  {
    name: 'cacert',
    kind: 'string',
    help: {
      en: 'file with the certificate authority that the server must be signed by',
      'pt-BR': 'arquivo com a autoridade certificadora que deve ter assinado o servidor',
    },
  },
  {
    name: 'cert',
    kind: 'string',
    help: { en: 'file with the client certificate', 'pt-BR': 'arquivo com o certificado de cliente' },
  },
  {
    name: 'command-timeout',
    kind: 'duration',
    initial: '5s',
    help: {
      en: 'how long a short command may take, without the time to connect',
      'pt-BR': 'quanto um comando curto pode levar, sem o tempo de conectar',
    },
  },
  {
    name: 'debug',
    kind: 'bool',
    help: { en: 'log what the client does', 'pt-BR': 'registra o que o cliente faz' },
  },
  {
    name: 'dial-timeout',
    kind: 'duration',
    initial: '2s',
    help: { en: 'how long connecting may take', 'pt-BR': 'quanto conectar pode levar' },
  },
  {
    name: 'discovery-srv',
    short: 'd',
    kind: 'string',
    help: {
      en: 'domain whose SRV records name the endpoints (not modelled: there is no DNS here)',
      'pt-BR': 'domínio cujos registros SRV dão os endpoints (não modelado: aqui não há DNS)',
    },
  },
  {
    name: 'discovery-srv-name',
    kind: 'string',
    help: {
      en: 'service name for DNS discovery (not modelled)',
      'pt-BR': 'nome do serviço para descoberta por DNS (não modelado)',
    },
  },
  {
    name: 'endpoints',
    kind: 'slice',
    initial: '127.0.0.1:2379',
    help: {
      en: 'addresses of members, separated by commas',
      'pt-BR': 'endereços dos membros, separados por vírgulas',
    },
  },
  {
    name: 'hex',
    kind: 'bool',
    help: {
      en: 'print keys and values as hexadecimal bytes',
      'pt-BR': 'mostra chaves e valores em bytes hexadecimais',
    },
  },
  {
    name: 'insecure-discovery',
    kind: 'bool',
    initial: 'true',
    help: {
      en: 'accept SRV records without TLS (not modelled)',
      'pt-BR': 'aceita registros SRV sem TLS (não modelado)',
    },
  },
  {
    name: 'insecure-skip-tls-verify',
    kind: 'bool',
    help: {
      en: "do not check the server's certificate (for tests only)",
      'pt-BR': 'não verifica o certificado do servidor (só para testes)',
    },
  },
  {
    name: 'insecure-transport',
    kind: 'bool',
    initial: 'true',
    help: {
      en: 'connect without TLS unless certificates are given',
      'pt-BR': 'conecta sem TLS, a não ser que haja certificados',
    },
  },
  {
    name: 'keepalive-time',
    kind: 'duration',
    initial: '2s',
    help: { en: 'time between probes of a connection', 'pt-BR': 'tempo entre sondagens de uma conexão' },
  },
  {
    name: 'keepalive-timeout',
    kind: 'duration',
    initial: '6s',
    help: {
      en: 'how long a probe may go unanswered',
      'pt-BR': 'quanto uma sondagem pode ficar sem resposta',
    },
  },
  {
    name: 'key',
    kind: 'string',
    help: {
      en: 'file with the key of the client certificate',
      'pt-BR': 'arquivo com a chave do certificado de cliente',
    },
  },
  {
    name: 'max-request-bytes',
    kind: 'int',
    initial: '0',
    help: {
      en: 'largest request to send, in bytes (0: 2 MiB)',
      'pt-BR': 'maior pedido a enviar, em bytes (0: 2 MiB)',
    },
  },
  {
    name: 'max-recv-bytes',
    kind: 'int',
    initial: '0',
    help: {
      en: 'largest answer to accept, in bytes (0: no limit)',
      'pt-BR': 'maior resposta a aceitar, em bytes (0: sem limite)',
    },
  },
  {
    name: 'password',
    kind: 'string',
    help: {
      en: 'password of --user, which then names the user only',
      'pt-BR': 'senha de --user, que então só dá o nome',
    },
  },
  {
    name: 'user',
    kind: 'string',
    help: {
      en: 'name[:password]; the password is asked for when it is missing',
      'pt-BR': 'nome[:senha]; a senha é perguntada quando falta',
    },
  },
  {
    name: 'write-out',
    short: 'w',
    kind: 'string',
    initial: 'simple',
    values: ['fields', 'json', 'protobuf', 'simple', 'table'],
    help: { en: 'form of the output', 'pt-BR': 'forma da saída' },
  },
];

/** Not in 3.4. */
export const newerFlags: ReadonlySet<string> = new Set([
  'max-request-bytes',
  'max-recv-bytes',
  'count-only',
  'progress-notify',
]);

export const helpFlag: FlagSpec = {
  name: 'help',
  short: 'h',
  kind: 'bool',
  help: { en: 'show this help', 'pt-BR': 'mostra esta ajuda' },
};
