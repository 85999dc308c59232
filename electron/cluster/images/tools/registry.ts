import type { Distribution, ImageSpec } from '../../../shared/images/image-schema.ts';
import type { Tool } from '../container/interface.ts';
import { behaviourTool } from '../programs/behaviour-program.ts';
import { sh } from '../shell/sh.ts';
import { testCommand } from './test-command.ts';
import * as files from './file-tools.ts';
import { curl, wget } from './http-tools.ts';
import * as system from './system-tools.ts';
import { dd, fallocate } from './disk-tools.ts';
import { nc } from './network-tools.ts';
import * as paths from './path-tools.ts';
import { stress } from './stress.ts';
import { tar } from './tar.ts';
import * as text from './text-tools.ts';

const test: Tool = (task) => testCommand(task.argv, task.world.files, task.cwd, task.stderr);

/** In every image that has a shell: coreutils, or busybox. */
const EVERYWHERE: Readonly<Record<string, Tool>> = {
  sh, '[': test, test, true: () => 0, false: () => 1,
  cat: files.cat, ls: files.ls, mkdir: files.mkdir, touch: files.touch, rm: files.rm, cp: files.cp, mv: files.mv, find: files.find, tee: files.tee,
  echo: text.echo, printf: text.printf, head: text.head, tail: text.tail, grep: text.grep, sed: text.sed, wc: text.wc, sort: text.sort,
  uniq: text.uniq, cut: text.cut, tr: text.tr, seq: text.seq, base64: text.base64, tar,
  dd, fallocate, sleep: system.sleep, date: system.date, env: system.env, printenv: system.printenv, hostname: system.hostname, uname: system.uname,
  id: system.id, which: system.which, kill: system.kill, nproc: system.nproc, uptime: system.uptime, stty: system.stty,
  pwd: (task) => (task.stdout.write(`${task.cwd}\n`), 0),
  whoami: system.whoami, basename: paths.basename, dirname: paths.dirname, realpath: paths.realpath, xargs: paths.xargs, timeout: paths.timeout,
}; // prettier-ignore

const BUSYBOX: Readonly<Record<string, Tool>> = { ash: sh, nc, cat: files.busyboxCat, ps: system.ps, wget };
const GNU: Readonly<Record<string, Tool>> = { bash: sh, tput: system.tput };

/** What images may bring beside their distribution. */
const EXTRA: Readonly<Record<ImageSpec['tools'][number], Tool>> = {
  bash: sh, curl, ps: system.ps, stress, wget, zsh: sh,
}; // prettier-ignore

/** In such images too, but what they do is not modelled: they say so and end with 127. */
const UNMODELLED: readonly string[] = (
  'awk chmod chown df dig du expr free gunzip gzip httpd ip ln md5sum netstat nohup nslookup openssl ping pgrep readlink ' +
  'sha256sum stat stress sync top traceroute udhcpc vi watch yes'
).split(' ');

const unmodelled: Tool = (task) => {
  task.stderr.write(`leme: "${task.argv[0] ?? ''}" is not modelled in simulated containers yet\n`);
  return 127;
};

/** Programs of an image by name; one that is made from nothing has only what it brings. */
export function toolsOf(
  { tools, programs }: ImageSpec,
  distribution: Distribution,
): ReadonlyMap<string, Tool> {
  const busybox = distribution === 'busybox' || distribution === 'alpine';
  const base: readonly [string, Tool][] =
    distribution === 'none'
      ? []
      : [
          ...UNMODELLED.map((name): [string, Tool] => [name, unmodelled]),
          ...Object.entries(EVERYWHERE),
          ...Object.entries(busybox ? BUSYBOX : GNU),
        ];
  return new Map<string, Tool>([
    ...base,
    ...tools.map((name): [string, Tool] => [name, EXTRA[name]]),
    ...Object.entries(programs).map(([path, behaviour]): [string, Tool] => [
      path.slice(path.lastIndexOf('/') + 1),
      behaviourTool(behaviour),
    ]),
  ]);
}
