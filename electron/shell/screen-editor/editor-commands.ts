import { FsError } from '../errors.ts';
import type { Command, CommandIo } from '../interface.ts';
import { runFullScreen } from './full-screen.ts';
import type { ScreenEditor } from './interface.ts';
import { Nano } from './nano.ts';
import { TextDocument } from './text-document.ts';
import { Vi } from './vi.ts';

type Make = (
  document: TextDocument,
  cwd: string,
  loaded: { readonly lines: number; readonly bytes: number },
) => ScreenEditor;

function editor(name: string, make: Make): Command {
  return {
    name,
    summary: { en: 'Edit a file', 'pt-BR': 'Edita um arquivo' },
    run: (io) => edit(io, name, make),
  };
}

async function edit(io: CommandIo, name: string, make: Make): Promise<number> {
  const operands = io.argv.slice(1).filter((word) => !/^[-+]./.test(word));
  if (operands.length > 1) {
    await io.stderr.write(`leme: ${name} edits one file at a time here\n`);
    return 1;
  }
  const { tty } = io;
  if (tty === undefined || !io.stdout.isTty) {
    await io.stderr.write(
      name === 'nano'
        ? 'Standard input is not a terminal\n'
        : `${name}: there is no terminal here to edit in\n`,
    );
    return 1;
  }
  const [typed = ''] = operands;
  const document = new TextDocument(io.fs, io.path(typed === '' ? '.' : typed), typed);
  try {
    const loaded = await document.load();
    return await runFullScreen(io, tty, make(document, io.cwd, loaded));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    await io.stderr.write(
      error.code === 'EISDIR' ? `${name}: "${typed}" is a directory\n` : `${name}: ${typed}: ${error.text}\n`,
    );
    return 1;
  }
}

const vi: Make = (document, cwd, loaded) => new Vi(document, cwd, loaded);

/** `vi`, `vim`, `nano` as full-screen programs of the terminal. */
export const editorCommands: readonly Command[] = [
  editor('vi', vi),
  editor('vim', vi),
  editor('nano', (document, cwd, loaded) => new Nano(document, cwd, loaded)),
];
