import { FsError } from '../errors.ts';
import type { Command, CommandIo } from '../interface.ts';
import { diffLines, type Hunk } from './diff-lines.ts';
import { parseOptions, usageError } from './options.ts';

/** `diff`: normal and unified output, `-q -r -i -w -B -N`. 0 same, 1 different, 2 trouble. */
export const diff: Command = {
  name: 'diff',
  summary: { en: 'Compare files', 'pt-BR': 'Compara arquivos' },
  async run(io) {
    const options = parseOptions(io.argv, 'uqriwbBNU:a', {
      unified: 'u',
      brief: 'q',
      recursive: 'r',
      'ignore-case': 'i',
      'ignore-all-space': 'w',
      'new-file': 'N',
      color: 'c',
      'color:': 'c',
    });
    if (options.problem !== undefined) return usageError(io, options.problem, 2);
    const [left, right] = options.operands;
    if (left === undefined || right === undefined)
      return usageError(io, `diff: missing operand after ‘${left ?? 'diff'}’`, 2);
    const job: DiffJob = {
      io,
      brief: options.has('q'),
      recursive: options.has('r'),
      missingIsEmpty: options.has('N'),
      context: options.has('u', 'U') ? Number(options.last('U') ?? '3') : null,
      fold: options.has('i'),
      blanks: options.has('w', 'b'),
      command: io.argv.slice(0, -2).join(' '),
    };
    return compare(job, left, right, false);
  },
};

interface DiffJob {
  io: CommandIo;
  brief: boolean;
  recursive: boolean;
  missingIsEmpty: boolean;
  context: number | null;
  fold: boolean;
  blanks: boolean;
  command: string;
}

async function compare(job: DiffJob, left: string, right: string, titled: boolean): Promise<number> {
  const { io } = job;
  const kinds = await Promise.all(
    [left, right].map((path) =>
      path === '-'
        ? 'file'
        : io.fs.stat(io.path(path)).then(
            (stat) => stat.kind,
            () => null,
          ),
    ),
  );
  if (kinds[0] === 'directory' && kinds[1] === 'directory') return folders(job, left, right);
  if (kinds[0] === 'directory')
    return compare(job, `${left}/${right.split('/').at(-1) ?? ''}`, right, titled);
  if (kinds[1] === 'directory') return compare(job, left, `${right}/${left.split('/').at(-1) ?? ''}`, titled);
  const texts: string[] = [];
  for (const path of [left, right]) {
    try {
      texts.push(path === '-' ? await io.stdin.text() : await io.fs.readText(io.path(path)));
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      if (job.missingIsEmpty) texts.push('');
      else {
        await io.stderr.write(`diff: ${path}: ${error.text}\n`);
        return 2;
      }
    }
  }
  const [a, b] = texts as [string, string];
  if (a === b) return 0;
  const hunks = diffLines(keys(job, a), keys(job, b));
  if (hunks.every((hunk) => hunk.equal)) return 0;
  if (job.brief) await io.stdout.write(`Files ${left} and ${right} differ\n`);
  else
    await io.stdout.write(
      `${titled ? `${job.command} ${left} ${right}\n` : ''}${job.context === null ? normal(hunks, lines(a), lines(b)) : await unified(job, hunks, [left, right], [lines(a), lines(b)], job.context)}`,
    );
  return 1;
}

async function folders(job: DiffJob, left: string, right: string): Promise<number> {
  const { io } = job;
  const [a, b] = await Promise.all([left, right].map((path) => io.fs.readdir(io.path(path))));
  let code = 0;
  for (const name of [...new Set([...(a ?? []), ...(b ?? [])])].sort()) {
    const here = a?.includes(name) === true;
    const there = b?.includes(name) === true;
    if (here && there) {
      const isFolder = (await io.fs.stat(io.path(`${left}/${name}`))).kind === 'directory';
      if (isFolder && !job.recursive)
        await io.stdout.write(`Common subdirectories: ${left}/${name} and ${right}/${name}\n`);
      else code = Math.max(code, await compare(job, `${left}/${name}`, `${right}/${name}`, !job.brief));
    } else if (job.missingIsEmpty)
      code = Math.max(code, await compare(job, `${left}/${name}`, `${right}/${name}`, true));
    else {
      code = Math.max(code, 1);
      await io.stdout.write(`Only in ${here ? left : right}: ${name}\n`);
    }
  }
  return code;
}

/** Lines with their newline; the last one shows when it has none. */
function lines(text: string): string[] {
  const out = text.split('\n');
  if (out.at(-1) === '') {
    out.pop();
    return out;
  }
  out.push(`${out.pop() ?? ''}\n\\ No newline at end of file`);
  return out;
}

function keys(job: DiffJob, text: string): string[] {
  return lines(text).map((line) => {
    const folded = job.fold ? line.toLowerCase() : line;
    return job.blanks ? folded.replace(/[ \t]+/g, '') : folded;
  });
}

function span(from: number, to: number): string {
  return to - from <= 1 ? String(to === from ? from : from + 1) : `${String(from + 1)},${String(to)}`;
}

function normal(hunks: readonly Hunk[], a: readonly string[], b: readonly string[]): string {
  let out = '';
  for (const hunk of hunks) {
    if (hunk.equal) continue;
    const removed = a.slice(hunk.aFrom, hunk.aTo);
    const added = b.slice(hunk.bFrom, hunk.bTo);
    const letter = removed.length === 0 ? 'a' : added.length === 0 ? 'd' : 'c';
    out += `${span(hunk.aFrom, hunk.aTo)}${letter}${span(hunk.bFrom, hunk.bTo)}\n`;
    out += removed.map((line) => `< ${line}\n`).join('');
    if (letter === 'c') out += '---\n';
    out += added.map((line) => `> ${line}\n`).join('');
  }
  return out;
}

async function unified(
  job: DiffJob,
  hunks: readonly Hunk[],
  names: [string, string],
  sides: [string[], string[]],
  context: number,
): Promise<string> {
  const [a, b] = sides;
  const stamp = async (path: string): Promise<string> => {
    const time =
      path === '-'
        ? Date.now()
        : await job.io.fs.stat(job.io.path(path)).then(
            (stat) => stat.mtimeMs,
            () => 0,
          );
    return `${new Date(time).toISOString().replace('T', ' ').replace('Z', '000000')} +0000`;
  };
  let out = `--- ${names[0]}\t${await stamp(names[0])}\n+++ ${names[1]}\t${await stamp(names[1])}\n`;
  const changed = hunks.filter((hunk) => !hunk.equal);
  for (let at = 0; at < changed.length;) {
    let end = at;
    while (
      end + 1 < changed.length &&
      (changed[end + 1] as Hunk).aFrom - (changed[end] as Hunk).aTo <= context * 2
    )
      end++;
    const first = changed[at] as Hunk;
    const last = changed[end] as Hunk;
    const before = Math.min(context, first.aFrom);
    const after = Math.min(context, a.length - last.aTo);
    const range = (from: number, count: number): string =>
      count === 1 ? String(from + 1) : `${String(count === 0 ? from : from + 1)},${String(count)}`;
    out += `@@ -${range(first.aFrom - before, last.aTo + after - (first.aFrom - before))} +${range(first.bFrom - before, last.bTo + after - (first.bFrom - before))} @@\n`;
    let from = first.aFrom - before;
    for (const hunk of changed.slice(at, end + 1)) {
      out += a
        .slice(from, hunk.aFrom)
        .map((line) => ` ${line}\n`)
        .join('');
      out += a
        .slice(hunk.aFrom, hunk.aTo)
        .map((line) => `-${line}\n`)
        .join('');
      out += b
        .slice(hunk.bFrom, hunk.bTo)
        .map((line) => `+${line}\n`)
        .join('');
      from = hunk.aTo;
    }
    out += a
      .slice(last.aTo, last.aTo + after)
      .map((line) => ` ${line}\n`)
      .join('');
    at = end + 1;
  }
  return out;
}
