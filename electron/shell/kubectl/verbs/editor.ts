import { KubectlError, plainMessage } from '../errors.ts';
import { quote } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { equal, isObject } from '../json.ts';
import type { Session } from '../session.ts';
import { readYaml } from '../yaml/read.ts';
import { writeYaml } from '../yaml/write.ts';

/** What stands above a text to edit. */
const preamble = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

/** The editor of the person. @throws KubectlError where there is neither one named nor a terminal */
export function editorOf(session: Session): string {
  const { env, tty } = session.io;
  if (!tty && !env['KUBE_EDITOR'] && !env['EDITOR'])
    throw new KubectlError(
      'there is no terminal here to edit in; use kubectl patch, or get -o yaml and apply',
    );
  return env['KUBE_EDITOR'] || env['EDITOR'] || env['VISUAL'] || 'vi';
}

/** Has an object edited as YAML until `use` takes what it became; it answers what is wrong with it when it can be edited again. */
export async function editObject(
  session: Session,
  editor: string,
  name: string,
  shown: JsonObject,
  use: (value: JsonObject) => Promise<string | undefined>,
): Promise<void> {
  await editText(session, editor, name, preamble + writeYaml(shown), async (text) => {
    let value: Json;
    try {
      value = readYaml(text);
    } catch (error) {
      return `The edited file had a syntax error: ${plainMessage(error)}`;
    }
    if (!isObject(value)) return 'The edited file is not an object.';
    if (equal(value, shown)) {
      await session.err('Edit cancelled, no changes made.\n');
      return undefined;
    }
    return use(value);
  });
}

/**
 * Has a text edited, again while `use` answers what is wrong with it, which then stands above the text. `use` gets the
 * text without comments.
 */
async function editText(
  session: Session,
  editor: string,
  name: string,
  first: string,
  use: (text: string) => Promise<string | undefined>,
): Promise<void> {
  const { fs } = session.io;
  const file = session.io.path(`/tmp/kubectl-edit-${name}-${Math.floor(Math.random() * 1e9)}.yaml`);
  if (!(await fs.exists('/tmp'))) await fs.mkdir('/tmp', { recursive: true });
  let text = first;
  let kept = false;
  try {
    for (;;) {
      await fs.writeFile(file, text, 0o600);
      const code = await session.io.spawn([...editor.split(/\s+/), file]);
      if (code === 127) throw new KubectlError(`unable to launch the editor "${editor}"`);
      if (code !== 0) throw new KubectlError(`there was a problem with the editor "${editor}"`);
      const saved = await fs.readText(file);
      const trimmed = saved
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .join('\n');
      if (saved === text || trimmed.trim() === '')
        return void (await session.err('Edit cancelled, no changes made.\n'));
      const problem = await use(trimmed).catch(async (error: unknown) => {
        if (!(error instanceof KubectlError)) throw error;
        kept = true;
        await session.err(`A copy of your changes has been stored to ${quote(file)}\n`);
        throw error;
      });
      if (problem === undefined) return;
      text = `${preamble}${problem
        .split('\n')
        .map((line) => `# ${line}\n`)
        .join('')}#\n${trimmed}`;
    }
  } finally {
    if (!kept && (await fs.exists(file))) await fs.rm(file);
  }
}
