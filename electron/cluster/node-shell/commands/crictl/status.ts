import type { Subcommand } from './interface.ts';
import { parseOptions } from '../options.ts';
import { FLAGS, VALUES } from './flags.ts';
import { print } from './output.ts';

/** `crictl info` */
export const info: Subcommand = async (args, cri, context) => {
  const { flags, values } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const answer = await cri.call('Status', { verbose: !flags.has('q') });
  const details = Object.fromEntries(
    Object.entries(answer.info ?? {}).map(([name, text]) => [name, JSON.parse(text) as unknown]),
  );
  const value = { ...details, status: { conditions: answer.conditions } };
  print(context, value, values.get('o') ?? 'json', values.get('template'));
  return 0;
};

/** `crictl version` */
export const version: Subcommand = async (_args, cri, context) => {
  const answer = await cri.call('Version', {});
  context.out(
    `Version:  ${answer.version}\nRuntimeName:  ${answer.runtimeName}\nRuntimeVersion:  ${answer.runtimeVersion}\nRuntimeApiVersion:  ${answer.runtimeApiVersion}\n`,
  );
  return 0;
};

/** `crictl runtime-config` */
export const runtimeConfig: Subcommand = async (_args, cri, context) => {
  const { linux } = await cri.call('RuntimeConfig', {});
  print(context, { linux }, 'json', undefined);
  return 0;
};
