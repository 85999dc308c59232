import type { CommandSpec } from '../command-spec.ts';
import { setEnv } from './set-env.ts';
import { setServiceAccount, setSubject } from './set-identity.ts';
import { setImage } from './set-image.ts';
import { setResources } from './set-resources.ts';
import { setSelector } from './set-selector.ts';

export const set: CommandSpec = {
  name: 'set',
  usage: 'SUBCOMMAND',
  group: 'basic',
  short: { en: 'Change one thing of an object.', 'pt-BR': 'Muda uma coisa de um objeto.' },
  subcommands: [setEnv, setImage, setResources, setSelector, setServiceAccount, setSubject],
};
