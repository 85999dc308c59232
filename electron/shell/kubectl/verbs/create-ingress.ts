import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { sortedKeys } from '../json.ts';
import type { Session } from '../session.ts';
import type { Generator } from './create-generators.ts';

const rulePattern =
  /^(?<host>[\w*\-.]*)(?<path>\/[\w\-/]*\*?)=(?<service>[\w-]+):(?<port>[\w-]+)(?<tls>,(?:tls=[\w-]+|tls))?$/;

function backend(service: string, port: string): JsonObject {
  return {
    service: { name: service, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } },
  };
}

/** Rules by host and hosts by secret, both in the order first named. */
function rulesOf(typed: readonly string[]): { rules: JsonObject[]; tls: JsonObject[] } {
  const paths = new Map<string, JsonObject[]>();
  const secrets = new Map<string, string[]>();
  for (const rule of typed) {
    const { host = '', path = '', service = '', port = '', tls } = rulePattern.exec(rule)?.groups ?? {};
    if (path === '')
      throw new KubectlError(
        `rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
      );
    const prefix = path.endsWith('*');
    const entry = {
      path: prefix ? path.slice(0, -1) : path,
      pathType: prefix ? 'Prefix' : 'Exact',
      backend: backend(service, port),
    };
    paths.set(host, [...(paths.get(host) ?? []), entry]);
    if (tls === undefined) continue;
    const secret = tls.split('=')[1] ?? '';
    const hosts = secrets.get(secret) ?? [];
    secrets.set(secret, host === '' || hosts.includes(host) ? hosts : [...hosts, host]);
  }
  return {
    rules: [...paths].map(([host, list]) => ({
      ...(host === '' ? {} : { host }),
      http: { paths: list },
    })),
    tls: [...secrets].map(([secretName, hosts]) => ({
      ...(hosts.length > 0 ? { hosts } : {}),
      ...(secretName === '' ? {} : { secretName }),
    })),
  };
}

function annotationsOf(typed: readonly string[]): JsonObject {
  const found: JsonObject = {};
  for (const pair of typed) {
    const eq = pair.indexOf('=');
    if (eq < 0) throw new KubectlError(`annotation ${pair} is invalid and should be in format key=[value]`);
    found[pair.slice(0, eq)] = pair.slice(eq + 1);
  }
  return Object.fromEntries(sortedKeys(found).map((key) => [key, found[key] ?? '']));
}

function buildIngress(_session: Session, flags: FlagSet, name: string): JsonObject {
  const byDefault = flags.string('default-backend');
  const typed = flags.list('rule');
  if (byDefault === '' && typed.length === 0)
    throw new KubectlError(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    );
  const { rules, tls } = rulesOf(typed);
  const annotations = annotationsOf(flags.list('annotation'));
  const [service = '', port = '', more] = byDefault.split(':');
  if (byDefault !== '' && (service === '' || port === '' || more !== undefined))
    throw new KubectlError('default-backend should be in format servicename:serviceport');
  return {
    kind: 'Ingress',
    apiVersion: 'networking.k8s.io/v1',
    metadata: {
      name,
      creationTimestamp: null,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      ...(flags.string('class') === '' ? {} : { ingressClassName: flags.string('class') }),
      ...(byDefault === '' ? {} : { defaultBackend: backend(service, port) }),
      ...(tls.length > 0 ? { tls } : {}),
      ...(rules.length > 0 ? { rules } : {}),
    },
    status: { loadBalancer: {} },
  };
}

/** `create ingress`. Models kubectl's cmd/create/create_ingress.go (v1.33). */
export const ingressGenerator: Generator = {
  name: 'ingress',
  aliases: ['ing'],
  usage: 'NAME --rule=host/path=service:port[,tls[=secret]]',
  short: { en: 'Create an ingress.', 'pt-BR': 'Cria um ingress.' },
  flags: [
    {
      name: 'rule',
      kind: 'array',
      help: {
        en: 'host/path=service:port[,tls[=secret]]; a path ending in * takes all below it.',
        'pt-BR':
          'host/caminho=service:porta[,tls[=secret]]; um caminho que termina em * vale para tudo abaixo.',
      },
    },
    { name: 'class', kind: 'string', help: { en: 'The ingress class.', 'pt-BR': 'A classe de ingress.' } },
    {
      name: 'default-backend',
      kind: 'string',
      help: {
        en: 'service:port for what no rule takes.',
        'pt-BR': 'service:porta para o que nenhuma regra pega.',
      },
    },
    {
      name: 'annotation',
      kind: 'array',
      help: { en: 'key=value; may be repeated.', 'pt-BR': 'chave=valor; pode ser repetida.' },
    },
  ],
  example: 'kubectl create ingress web --rule="example.com/*=web:80"',
  failure: 'ingress',
  build: buildIngress,
};
