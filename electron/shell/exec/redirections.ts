import { FsError } from '../errors.ts';
import type { Expander } from '../expand/expander.ts';
import type { ExecutorFs } from '../fs/executor-fs.ts';
import type { HereDocNode, RedirectionNode } from '../parse/ast.ts';
import type { ShellState } from '../state/shell-state.ts';
import { NullSink } from '../streams/sinks.ts';
import { BytesSource, emptySource } from '../streams/sources.ts';
import { resolvePath } from '../fs/resolve-path.ts';
import { FileSink } from './file-sink.ts';
import type { Fd, Frame } from './frame.ts';

/** A redirection that cannot be done; `message` is bash's text without `bash: `. */
export class RedirectionError extends Error {
  override readonly name = 'RedirectionError';
}

export interface OpenedFrame {
  frame: Frame;
  /** Closes the files that were opened; waits until they are written. */
  close(): Promise<void>;
}

export interface RedirectionHost {
  readonly state: ShellState;
  readonly fs: ExecutorFs;
  readonly expander: Expander;
}

/** Opens what a command's redirections name, left to right. On failure everything opened so far is closed again. */
export async function openRedirections(
  host: RedirectionHost,
  nodes: readonly RedirectionNode[],
  frame: Frame,
): Promise<OpenedFrame> {
  if (nodes.length === 0) return { frame, close: () => Promise.resolve() };
  const fds = new Map(frame.fds);
  const opened: FileSink[] = [];
  const close = async (): Promise<void> => {
    for (const file of opened.splice(0)) await file.finish();
  };
  try {
    for (const node of nodes) await new Redirection(host, node, fds, opened).apply();
  } catch (error) {
    await close();
    if (error instanceof FsError) throw new RedirectionError(error.message);
    throw error;
  }
  return { frame: { ...frame, fds }, close };
}

class Redirection {
  readonly #host: RedirectionHost;
  readonly #node: RedirectionNode;
  readonly #fds: Map<number, Fd>;
  readonly #opened: FileSink[];

  constructor(host: RedirectionHost, node: RedirectionNode, fds: Map<number, Fd>, opened: FileSink[]) {
    this.#host = host;
    this.#node = node;
    this.#fds = fds;
    this.#opened = opened;
  }

  async apply(): Promise<void> {
    const node = this.#node;
    const fd = this.#descriptor();
    if (node.target.type === 'HereDoc') {
      this.#fds.set(fd, { source: new BytesSource(await this.#hereDoc(node.target)) });
      return;
    }
    if (node.operator === '<<<') {
      this.#fds.set(fd, { source: new BytesSource(`${await this.#host.expander.single(node.target)}\n`) });
      return;
    }
    const words = await this.#host.expander.fields([node.target]);
    const target = words[0];
    if (target === undefined || words.length > 1)
      throw new RedirectionError(`${await this.#host.expander.single(node.target)}: ambiguous redirect`);
    switch (node.operator) {
      case '<':
        this.#fds.set(fd, { source: (await this.#input(target)).source });
        break;
      case '>':
      case '>|':
        this.#fds.set(
          fd,
          await this.#output(target, false, node.operator === '>' && this.#host.state.options.noclobber),
        );
        break;
      case '>>':
        this.#fds.set(fd, await this.#output(target, true, false));
        break;
      case '<>':
        this.#fds.set(fd, { ...(await this.#input(target)), ...(await this.#output(target, true, false)) });
        break;
      case '&>':
      case '&>>':
        this.#both(await this.#output(target, node.operator === '&>>', false));
        break;
      case '>&':
      case '<&':
        await this.#duplicate(fd, target, node.operator);
        break;
      default:
        throw new RedirectionError(`${node.operator}: redirection not supported`);
    }
  }

  #descriptor(): number {
    const { fd, fdVariable, operator } = this.#node;
    if (fdVariable !== undefined) {
      let free = 10;
      while (this.#fds.has(free)) free++;
      this.#host.state.variables.set(fdVariable, String(free));
      return free;
    }
    return fd ?? (operator.startsWith('<') ? 0 : 1);
  }

  /** The text of a here-document; `<<-` drops the tabs that were typed at the beginning of lines, not expanded ones. */
  async #hereDoc(node: HereDocNode): Promise<string> {
    let atStart = true;
    const parts = !node.stripTabs
      ? node.content.parts
      : node.content.parts.map((part) => {
          if (part.type !== 'Literal') {
            atStart = false;
            return part;
          }
          const value = part.value.replace(/\n\t+/g, '\n').replace(atStart ? /^\t+/ : /^(?!)/, '');
          atStart = part.value.endsWith('\n');
          return { ...part, value };
        });
    const content = { ...node.content, parts };
    if (node.quoted) return this.#host.expander.single(content);
    return (await this.#host.expander.fragments(content, true)).map((part) => part.text).join('');
  }

  #both(target: Fd): void {
    this.#fds.set(1, target);
    this.#fds.set(2, target);
  }

  async #duplicate(fd: number, target: string, operator: string): Promise<void> {
    if (target === '-') {
      this.#fds.delete(fd);
      return;
    }
    const moved = /^(\d+)(-?)$/.exec(target);
    if (moved === null) {
      if (operator === '>&' && this.#node.fd === null)
        return this.#both(await this.#output(target, false, false));
      throw new RedirectionError(`${target}: ambiguous redirect`);
    }
    const from = Number(moved[1]);
    const source = this.#fds.get(from);
    if (source === undefined) throw new RedirectionError(`${target}: Bad file descriptor`);
    this.#fds.set(fd, source);
    if (moved[2] === '-') this.#fds.delete(from);
  }

  #path(typed: string): string {
    return resolvePath(this.#host.state.cwd, typed);
  }

  async #input(typed: string): Promise<Fd> {
    const path = this.#path(typed);
    const inherited = this.#inherited(path);
    if (inherited !== undefined) return inherited;
    if (path === '/dev/null') return { source: emptySource() };
    try {
      return { source: await this.#host.fs.open(path) };
    } catch (error) {
      if (error instanceof FsError) throw new RedirectionError(`${typed}: ${error.text}`);
      throw error;
    }
  }

  async #output(typed: string, append: boolean, noClobber: boolean): Promise<Fd> {
    const path = this.#path(typed);
    const inherited = this.#inherited(path);
    if (inherited !== undefined) return inherited;
    const virtual = this.#host.fs.virtual.get(path)?.sink;
    if (virtual !== undefined) return { sink: virtual };
    const { fs } = this.#host;
    try {
      const stat = await fs.stat(path).catch(() => null);
      if (stat?.kind === 'device') return { sink: new NullSink() };
      if (stat?.kind === 'directory') throw new FsError('EISDIR', path);
      if (stat !== null && noClobber) throw new RedirectionError(`${typed}: cannot overwrite existing file`);
      const sink = new FileSink(await fs.openForWriting(path, append));
      this.#opened.push(sink);
      return { sink };
    } catch (error) {
      if (error instanceof FsError) throw new RedirectionError(`${typed}: ${error.text}`);
      throw error;
    }
  }

  #inherited(path: string): Fd | undefined {
    const known: Readonly<Record<string, number>> = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 };
    const numbered = /^\/dev\/fd\/(\d+)$/.exec(path);
    const fd = known[path] ?? (numbered === null ? undefined : Number(numbered[1]));
    return fd === undefined ? undefined : this.#fds.get(fd);
  }
}
