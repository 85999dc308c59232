import type { CommandSpec } from '../command-spec.ts';
import { dryRunFlag, fieldManagerFlag, saveConfigFlag, validateFlag } from '../common-flags.ts';
import { KubectlError, StatusError, usageError } from '../errors.ts';
import type { FlagSet, FlagSpec, Text } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { withLastApplied } from '../last-applied.ts';
import type { DryRun } from '../mutation.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { mappingForObject } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { createObject } from '../writes.ts';
import { buildConfigMap, buildSecret, fileFlags } from './create-data.ts';
import { ingressGenerator } from './create-ingress.ts';
import { jobGenerators } from './create-jobs.ts';
import { policyGenerators } from './create-policy.ts';
import { rbacGenerators } from './create-rbac.ts';
import { buildRegistrySecret, buildTlsSecret, registryFlags, tlsFlags } from './create-secrets.ts';
import { token } from './create-token.ts';
import { buildDeployment, buildService } from './create-workloads.ts';

const shared: readonly FlagSpec[] = [
  ...outputFlags,
  dryRunFlag,
  validateFlag,
  saveConfigFlag,
  fieldManagerFlag('kubectl-create'),
];

/** What is needed to make a `create KIND NAME` command: its flags, and how to build the object from them. */
export interface Generator {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage: string;
  readonly short: Text;
  readonly flags: readonly FlagSpec[];
  readonly example: string;
  /** Lives in no namespace. */
  readonly clusterScoped?: boolean;
  /** How a refusal is introduced; absent where the server's error is passed on as it is. */
  readonly failure?: string;
  readonly build: (
    session: Session,
    flags: FlagSet,
    name: string,
    args: readonly string[],
  ) => Promise<JsonObject> | JsonObject;
}

export function exactlyOneName(session: Session, args: readonly string[]): string {
  const [name = ''] = args;
  if (args.length !== 1) throw usageError(session.path, `exactly one NAME is required, got ${args.length}`);
  return name;
}

export function command(generator: Generator): CommandSpec {
  return {
    name: generator.name,
    ...(generator.aliases ? { aliases: generator.aliases } : {}),
    usage: generator.usage,
    short: generator.short,
    examples: [generator.example],
    flags: [...shared, ...generator.flags],
    arguments: { of: 'nothing' },
    run: async (session, flags, args) => {
      const nameArgs = flags.dashAt >= 0 ? args.slice(0, flags.dashAt) : args;
      const name = exactlyOneName(session, nameArgs);
      const rest = flags.dashAt >= 0 ? args.slice(flags.dashAt) : [];
      const dryRun = await dryRunOf(session);
      const printer = await ResultPrinter.make(session, dryRun, true);
      const object = await generator.build(session, flags, name, rest);
      await submit(session, flags, object, generator, { dryRun, printer });
    },
  };
}

/** Sends a built object (unless `--dry-run=client`) and prints the outcome. */
export async function submit(
  session: Session,
  flags: FlagSet,
  built: JsonObject,
  { clusterScoped = false, failure }: Pick<Generator, 'clusterScoped' | 'failure'>,
  { dryRun, printer }: { readonly dryRun: DryRun; readonly printer: ResultPrinter },
): Promise<void> {
  let object = built;
  const namespace = clusterScoped ? '' : await session.namespace();
  // A namespace shows in the object only when the person named it, as upstream does.
  if (!clusterScoped && (session.namespaceGiven || dryRun !== 'client'))
    object = withNamespace(object, namespace);
  if (flags.bool('save-config')) object = withLastApplied(object);
  if (dryRun === 'client') return printer.done(object, 'created');
  try {
    const mapping = await mappingForObject(session, object, '');
    await printer.done(
      await createObject(session, mapping, namespace, object, writeQuery(session, dryRun, true)),
      'created',
    );
  } catch (error) {
    if (failure !== undefined && error instanceof StatusError)
      throw new KubectlError(`failed to create ${failure}: ${error.message}`);
    throw error;
  }
}

/** The namespace right behind the name and timestamp, where Go's struct has it. */
function withNamespace(object: JsonObject, namespace: string): JsonObject {
  const metadata = object['metadata'] as JsonObject;
  const { name = '', creationTimestamp = null, ...rest } = metadata;
  return { ...object, metadata: { name, namespace, creationTimestamp, ...rest } };
}

const namespace: Generator = {
  name: 'namespace',
  aliases: ['ns'],
  usage: 'NAME [--dry-run=server|client|none]',
  short: { en: 'Create a namespace.', 'pt-BR': 'Cria um namespace.' },
  flags: [],
  example: 'kubectl create namespace team-a',
  clusterScoped: true,
  build: (_session, _flags, name) => ({
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: { name, creationTimestamp: null },
    spec: {},
    status: {},
  }),
};

const serviceAccount: Generator = {
  name: 'serviceaccount',
  aliases: ['sa'],
  usage: 'NAME [--dry-run=server|client|none]',
  short: { en: 'Create a service account.', 'pt-BR': 'Cria uma conta de serviço.' },
  flags: [],
  example: 'kubectl create serviceaccount robot',
  failure: 'serviceaccount',
  build: (_session, _flags, name) => ({
    kind: 'ServiceAccount',
    apiVersion: 'v1',
    metadata: { name, creationTimestamp: null },
  }),
};

const configMap: Generator = {
  name: 'configmap',
  aliases: ['cm'],
  usage: 'NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: {
    en: 'Create a config map from files, folders or literals.',
    'pt-BR': 'Cria um config map de arquivos, pastas ou literais.',
  },
  flags: fileFlags,
  example: 'kubectl create configmap settings --from-literal=mode=dev',
  failure: 'configmap',
  build: buildConfigMap,
};

const genericSecret: Generator = {
  name: 'generic',
  usage:
    'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: {
    en: 'Create a secret from files, folders or literals.',
    'pt-BR': 'Cria um secret de arquivos, pastas ou literais.',
  },
  flags: [
    ...fileFlags,
    { name: 'type', kind: 'string', help: { en: 'The type of the secret.', 'pt-BR': 'O tipo do secret.' } },
  ],
  example: 'kubectl create secret generic db --from-literal=password=s3cret',
  failure: 'secret',
  build: buildSecret,
};

const tlsSecret: Generator = {
  name: 'tls',
  usage: 'NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: {
    en: 'Create a secret from a certificate and its key.',
    'pt-BR': 'Cria um secret de um certificado e sua chave.',
  },
  flags: tlsFlags,
  example: 'kubectl create secret tls web --cert=web.crt --key=web.key',
  failure: 'secret',
  build: buildTlsSecret,
};

const registrySecret: Generator = {
  name: 'docker-registry',
  usage:
    'NAME --docker-username=user --docker-password=password [--docker-server=string] [--docker-email=email]',
  short: { en: 'Create a secret for pulling images.', 'pt-BR': 'Cria um secret para baixar imagens.' },
  flags: registryFlags,
  example:
    'kubectl create secret docker-registry pull --docker-server=r.example.com --docker-username=u --docker-password=p',
  failure: 'secret',
  build: buildRegistrySecret,
};

const deployment: Generator = {
  name: 'deployment',
  aliases: ['deploy'],
  usage: 'NAME --image=image -- [COMMAND] [args...]',
  short: { en: 'Create a deployment.', 'pt-BR': 'Cria um deployment.' },
  flags: [
    {
      name: 'image',
      kind: 'slice',
      required: true,
      help: {
        en: 'Image of a container; may be repeated.',
        'pt-BR': 'Imagem de um contêiner; pode ser repetida.',
      },
    },
    {
      name: 'replicas',
      short: 'r',
      kind: 'int',
      initial: '1',
      help: { en: 'How many Pods.', 'pt-BR': 'Quantos Pods.' },
    },
    {
      name: 'port',
      kind: 'int',
      initial: '-1',
      help: { en: 'The port the container exposes.', 'pt-BR': 'A porta que o contêiner expõe.' },
    },
  ],
  example: 'kubectl create deployment web --image=nginx --replicas=3',
  failure: 'deployment',
  build: buildDeployment,
};

const services: CommandSpec = {
  name: 'service',
  aliases: ['svc'],
  usage: '(clusterip | nodeport | loadbalancer | externalname)',
  short: { en: 'Create a service of a type.', 'pt-BR': 'Cria um service de um tipo.' },
  subcommands: (
    [
      ['clusterip', 'ClusterIP', 'ClusterIP service'],
      ['nodeport', 'NodePort', 'NodePort service'],
      ['loadbalancer', 'LoadBalancer', 'LoadBalancer service'],
      ['externalname', 'ExternalName', 'ExternalName service'],
    ] as const
  ).map(([name, type, failure]) =>
    command({
      name,
      usage: 'NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
      short: { en: `Create a ${type} service.`, 'pt-BR': `Cria um service ${type}.` },
      flags: [
        {
          name: 'tcp',
          kind: 'slice',
          help: { en: 'Port pairs: port[:targetPort].', 'pt-BR': 'Pares de portas: porta[:portaDeDestino].' },
        },
        ...(type === 'ClusterIP'
          ? [
              {
                name: 'clusterip',
                kind: 'string' as const,
                help: { en: 'Address to have, or None.', 'pt-BR': 'Endereço a ter, ou None.' },
              },
            ]
          : []),
        ...(type === 'NodePort'
          ? [
              {
                name: 'node-port',
                kind: 'int' as const,
                help: { en: 'Port on every node.', 'pt-BR': 'Porta em cada node.' },
              },
            ]
          : []),
        ...(type === 'ExternalName'
          ? [
              {
                name: 'external-name',
                kind: 'string' as const,
                required: true,
                help: { en: 'Name to answer with.', 'pt-BR': 'Nome com que responder.' },
              },
            ]
          : []),
      ],
      example: `kubectl create service ${name} web --tcp=80:8080`,
      failure,
      build: (session, flags, serviceName) => buildService(session, flags, serviceName, type),
    }),
  ),
};

const secrets: CommandSpec = {
  name: 'secret',
  usage: '(docker-registry | generic | tls)',
  short: { en: 'Create a secret of a type.', 'pt-BR': 'Cria um secret de um tipo.' },
  subcommands: [command(registrySecret), command(genericSecret), command(tlsSecret)],
};

export const generators: readonly CommandSpec[] = [
  command(namespace),
  secrets,
  command(configMap),
  command(serviceAccount),
  services,
  command(deployment),
  ...[...rbacGenerators, ...jobGenerators, ingressGenerator, ...policyGenerators].map(command),
  token,
];

export function kindOf(object: JsonObject): string {
  return stringAt(object, 'kind');
}
