import type { CommandSpec } from '../command-spec.ts';
import { KubectlError, StatusError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { goList, indentedJson } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { listAt, stringAt } from '../json.ts';
import { listObjects } from '../objects.ts';
import type { Session } from '../session.ts';
import { writeYaml } from '../yaml/write.ts';

/** The upstream client this one follows; what stands behind `+` says that it is ours. */
/** The kustomize that kubectl 1.33 carries. */
const kustomizeVersion = 'v5.6.0';

export const clientVersion = { major: '1', minor: '33', gitVersion: 'v1.33.1+leme' };

export const version: CommandSpec = {
  name: 'version',
  usage: '',
  group: 'other',
  short: {
    en: 'Show the versions of client and server.',
    'pt-BR': 'Mostra as versões de cliente e servidor.',
  },
  arguments: { of: 'nothing' },
  flags: [
    { name: 'client', kind: 'bool', help: { en: 'Only the client.', 'pt-BR': 'Só o cliente.' } },
    {
      name: 'output',
      short: 'o',
      kind: 'string',
      values: ['yaml', 'json'],
      help: { en: 'yaml or json.', 'pt-BR': 'yaml ou json.' },
    },
  ],
  run: showVersion,
};

async function showVersion(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length > 0) throw new KubectlError(`extra arguments: ${goList(args)}`);
  const output = flags.string('output');
  if (!['', 'yaml', 'json'].includes(output)) throw new KubectlError(`--output must be 'yaml' or 'json'`);
  let server: JsonObject | undefined;
  let failure: unknown;
  if (!flags.bool('client')) {
    try {
      server = await (await session.transport()).json({ path: '/version' });
    } catch (error) {
      failure = error;
    }
  }
  const document: JsonObject = {
    clientVersion: { ...clientVersion },
    kustomizeVersion,
    ...(server ? { serverVersion: server } : {}),
  };
  if (output === 'json') await session.out(`${indentedJson(document, '  ', false)}\n`);
  else if (output === 'yaml') await session.out(`${writeYaml(document)}`);
  else {
    await session.out(
      `Client Version: ${clientVersion.gitVersion}\nKustomize Version: ${kustomizeVersion}\n`,
    );
    if (server) await session.out(`Server Version: ${stringAt(server, 'gitVersion')}\n`);
  }
  if (failure !== undefined) throw failure;
  const skew = Number.parseInt(stringAt(server, 'minor'), 10) - Number(clientVersion.minor);
  if (server && Math.abs(skew) > 1) {
    await session.err(
      `WARNING: version difference between client (1.${clientVersion.minor}) and server (1.${stringAt(server, 'minor')}) exceeds the supported minor version skew of +/-1\n`,
    );
  }
}

export const clusterInfo: CommandSpec = {
  name: 'cluster-info',
  usage: '',
  group: 'cluster',
  short: {
    en: 'Show where the control plane and its services answer.',
    'pt-BR': 'Mostra onde respondem o control plane e seus serviços.',
  },
  arguments: { of: 'nothing' },
  run: async (session, _flags, args) => {
    if (args[0] === 'dump')
      throw new KubectlError(
        'cluster-info dump is not modelled: get, describe and logs show the same objects',
      );
    const config = await session.config();
    const colored = session.io.stdout.isTty;
    const color = (code: number, text: string): string => (colored ? `\x1b[0;${code}m${text}\x1b[0m` : text);
    const services = (await session.mapper()).find('services');
    const line = (name: string, url: string): Promise<void> =>
      session.out(`${color(32, name)} is running at ${color(33, url)}\n`);
    if (services) {
      const found = await listObjects(session, services, 'kube-system', {
        selector: 'kubernetes.io/cluster-service=true',
      }).catch((error: unknown) => {
        if (error instanceof StatusError && error.reason === 'NotFound') return [];
        throw error;
      });
      await line('Kubernetes control plane', config.server);
      for (const service of found) {
        const name =
          stringAt(service, 'metadata', 'labels', 'kubernetes.io/name') ||
          stringAt(service, 'metadata', 'name');
        const ports = listAt(service, 'spec', 'ports');
        const own = stringAt(ports[0], 'name');
        await line(
          name,
          `${config.server}/api/v1/namespaces/kube-system/services/${stringAt(service, 'metadata', 'name')}${own === '' ? '' : `:${own}`}/proxy`,
        );
      }
    }
    await session.out(`\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n`);
  },
};
