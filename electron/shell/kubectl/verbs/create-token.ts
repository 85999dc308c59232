import type { CommandSpec } from '../command-spec.ts';
import { KubectlError, StatusError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { noPrinter, objectPrinter, outputFlags } from '../printers/object-printer.ts';
import { mappingFor } from '../resource-args.ts';
import { resourcePath } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { exactlyOneName } from './create-generators.ts';

const boundKinds: Readonly<Record<string, string>> = { Node: 'v1', Pod: 'v1', Secret: 'v1' };

/** `create token SERVICEACCOUNT`: asks the server to sign a token. Models kubectl's cmd/create/create_token.go (v1.33). */
export const token: CommandSpec = {
  name: 'token',
  usage: 'SERVICE_ACCOUNT_NAME',
  short: {
    en: 'Ask for a token of a service account.',
    'pt-BR': 'Pede um token de uma conta de serviço.',
  },
  examples: ['kubectl create token robot', 'kubectl create token robot --duration=10m'],
  arguments: { of: 'names', type: 'serviceaccounts' },
  flags: [
    ...outputFlags,
    {
      name: 'audience',
      kind: 'array',
      help: {
        en: 'Whom the token is for; may be repeated. The API server when absent.',
        'pt-BR': 'Para quem é o token; pode ser repetida. O API server se faltar.',
      },
    },
    {
      name: 'duration',
      kind: 'duration',
      initial: '0s',
      help: {
        en: 'How long it is to be valid; the server decides when absent.',
        'pt-BR': 'Por quanto tempo vale; o servidor decide se faltar.',
      },
    },
    {
      name: 'bound-object-kind',
      kind: 'string',
      values: ['Node', 'Pod', 'Secret'],
      help: {
        en: 'Kind of an object with which the token ends.',
        'pt-BR': 'Tipo de um objeto com o qual o token termina.',
      },
    },
    {
      name: 'bound-object-name',
      kind: 'string',
      help: { en: 'Name of that object.', 'pt-BR': 'Nome desse objeto.' },
    },
    {
      name: 'bound-object-uid',
      kind: 'string',
      help: { en: 'UID of that object.', 'pt-BR': 'UID desse objeto.' },
    },
  ],
  run,
};

function boundObject(flags: FlagSet): JsonObject | undefined {
  const kind = flags.string('bound-object-kind');
  const [name, uid] = [flags.string('bound-object-name'), flags.string('bound-object-uid')];
  if (kind === '') {
    if (name !== '')
      throw new KubectlError('--bound-object-name can only be set if --bound-object-kind is provided');
    if (uid !== '')
      throw new KubectlError('--bound-object-uid can only be set if --bound-object-kind is provided');
    return undefined;
  }
  const apiVersion = boundKinds[kind];
  if (apiVersion === undefined)
    throw new KubectlError(
      `supported --bound-object-kind values are ${Object.keys(boundKinds).sort().join(', ')}`,
    );
  if (name === '')
    throw new KubectlError('--bound-object-name is required if --bound-object-kind is provided');
  return { kind, apiVersion, name, ...(uid === '' ? {} : { uid }) };
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const name = exactlyOneName(session, args);
  const duration = flags.number('duration');
  if (duration < 0) throw new KubectlError('--duration must be greater than or equal to 0');
  if (duration % 1000 !== 0)
    throw new KubectlError('--duration cannot be expressed in units less than seconds');
  const bound = boundObject(flags);
  const transport = await session.transport();
  let answer: JsonObject;
  try {
    answer = await transport.json({
      method: 'POST',
      path: resourcePath(
        await mappingFor(session, 'serviceaccounts'),
        await session.namespace(),
        name,
        'token',
      ),
      body: {
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: { creationTimestamp: null },
        spec: {
          audiences: flags.list('audience').length > 0 ? flags.list('audience') : null,
          expirationSeconds: duration > 0 ? duration / 1000 : null,
          boundObjectRef: bound ?? null,
        },
        status: { token: '', expirationTimestamp: null },
      },
    });
  } catch (error) {
    if (error instanceof StatusError) throw new KubectlError(`failed to create token: ${error.message}`);
    throw error;
  }
  const signed = stringAt(answer, 'status', 'token');
  if (signed === '')
    throw new KubectlError(`failed to create token: no token in server response ${quote(name)}`);
  const output = flags.string('output');
  // Only a person needs the line to end.
  if (output === '') return session.out(signed + (session.io.stdout.isTty ? '\n' : ''));
  const printer = await objectPrinter(session, output, true);
  if (!printer) throw noPrinter(output);
  await session.out(printer.print(answer));
}
