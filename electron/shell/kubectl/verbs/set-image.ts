import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { Session } from '../session.ts';
import { changeAll, checkSetFlags, containersLike, podSpecFor, setFlags, setTargets } from './set-change.ts';

/** `set image`. Models cmd/set/set_image.go of kubectl (v1.33). */
export const setImage: CommandSpec = {
  name: 'image',
  usage:
    '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: { en: 'Change the image of containers.', 'pt-BR': 'Muda a imagem de contêineres.' },
  examples: [
    'kubectl set image deployment/web nginx=nginx:1.26',
    "kubectl set image deploy/web '*=nginx:1.26'",
    'kubectl set image -f web.yaml nginx=nginx:1.26 --local -o yaml',
  ],
  arguments: { of: 'resources', slash: true },
  flags: setFlags,
  run,
};

/** Arguments of two sorts: what to change, then `name=image` pairs. @throws KubectlError when they are mixed */
function resourcesAndPairs(args: readonly string[]): { resources: string[]; pairs: Map<string, string> } {
  const resources: string[] = [];
  const pairs = new Map<string, string>();
  const isPair = (arg: string): boolean => arg.includes('=') && !arg.startsWith('=');
  let paired = false;
  for (const arg of args) {
    if (!isPair(arg)) {
      if (paired) throw new KubectlError('all resources must be specified before image changes: ' + arg);
      resources.push(arg);
      continue;
    }
    paired = true;
    const eq = arg.indexOf('=');
    pairs.set(arg.slice(0, eq), arg.slice(eq + 1));
  }
  return { resources, pairs };
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const { resources, pairs } = resourcesAndPairs(args);
  const found = await setTargets(session, flags, resources);
  checkSetFlags(flags);
  if (pairs.size === 0) throw new KubectlError('at least one image update is required');
  if (pairs.size > 1 && pairs.has('*'))
    throw new KubectlError(
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    );
  await changeAll(session, flags, found, {
    verb: 'image updated',
    failure: 'failed to patch image update to pod template:',
    edit(object, _each, errors) {
      const spec = podSpecFor(object);
      for (const [name, image] of pairs) {
        const chosen = ['initContainers', 'containers'].flatMap((list) => containersLike(spec, list, '*'));
        const named = name === '*' ? chosen : chosen.filter((each) => each['name'] === name);
        if (named.length === 0)
          errors.push(new KubectlError(`error: unable to find container named ${quote(name)}`));
        for (const container of named) container['image'] = image;
      }
    },
  });
}
