import { beforeEach, describe, expect, it } from 'vitest';
import type { Simulation } from '../../../base/simulation.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { Process } from '../../machine/interface.ts';
import { volatileStore } from '../../machine/local-state.ts';
import { SimulatedMachine } from '../../machine/machine.ts';
import { SimulatedNetwork } from '../../network/network.ts';
import { OfflineCatalogue } from '../catalogue.ts';

const SPEC = {
  name: 'node',
  ip: '10.0.0.1',
  role: 'worker',
  os: 'linux',
  cpus: 2,
  memory: 1,
  disk: 10_000_000_000,
  isNode: true,
} as const;
let simulation: Simulation;
beforeEach(() => (simulation = newTestSimulation()));

/** A script as the main process of a container of its own. */
function spawn(script: string, ...args: string[]): { lines: readonly string[]; process: Process } {
  const machine = new SimulatedMachine(SPEC, simulation, new SimulatedNetwork(simulation), volatileStore());
  const start = new OfflineCatalogue().entrypoint('busybox', ['sh', '-c', script, 'sh', ...args], []);
  if (start.type === 'error') throw new Error(start.text);
  const process = machine.spawn({
    name: 'c',
    program: start.program,
    argv: start.argv,
    env: { GREETING: 'olá' },
  });
  const lines: string[] = [];
  process.onDidWrite(({ line }) => lines.push(line));
  return { lines, process };
}

/** Lines and exit code of a script. */
async function sh(script: string, ...args: string[]): Promise<[readonly string[], number | undefined]> {
  const { lines, process } = spawn(script, ...args);
  await simulation.runUntil(simulation.now + 60_000);
  return [lines, process.exit?.code];
}

describe('the shell of a container', () => {
  const cases: readonly (readonly [string, readonly string[], number])[] = [
    ['echo one | tr a-z A-Z | sed "s/N/-/"', ['O-E'], 0],
    ['for f in a b; do echo $f > /tmp/$f; done; cat /tmp/*; ls /tmp', ['a', 'b', 'a', 'b'], 0],
    ['case x.yaml in *.json) echo j;; *.y*ml) echo y;; esac', ['y'], 0],
    ['f() { echo "$# $1"; return 4; }; f a b; echo $?', ['2 a', '4'], 0],
    ['x=a.tar.gz; echo ${x%.*} ${x##*.} ${#x} ${nope:-d}', ['a.tar gz 8 d'], 0],
    ['echo "$GREETING" | wc -c', ['5'], 0],
    ['cat <<EOF\nhi $((2 + 3 * 4))\nEOF', ['hi 14'], 0],
    ['(cd /tmp && pwd); pwd', ['/tmp', '/'], 0],
    ['set -e; false; echo never', [], 1],
    ['cat /nope || echo "failed $?"', ["cat: can't open '/nope': No such file or directory", 'failed 1'], 0],
    ['echo x > /no/where', ["sh: can't create /no/where: nonexistent directory"], 1],
    ['if [ 3 -gt 2 ] && [ -d /tmp ]; then echo yes; fi', ['yes'], 0],
    ['set -- a "b c"; for x; do echo "<$x>"; done', ['<a>', '<b c>'], 0],
    [
      'mkdir -p /a/b && echo 1 > /a/b/c && tar cf /t.tar a && rm -r a && tar xf /t.tar && cat /a/b/c',
      ['1'],
      0,
    ],
    ['echo "unfinished', ['sh: syntax error: unterminated quoted string'], 2],
    ['nosuch', ['sh: nosuch: not found'], 127],
    ["trap 'echo bye $?' EXIT; echo hi; exit 3", ['hi', 'bye 3'], 3],
    ["trap 'exit 5' EXIT; true", [], 5],
    ["trap 'x' FOO; echo $?", ['sh: trap: FOO: invalid signal specification', '1'], 0],
    ['printf "a b\\nc\\n" | xargs -n 1 echo -', ['- a', '- b', '- c'], 0],
    ['ls /etc/passwd | xargs -I F basename F', ['passwd'], 0],
    ['timeout 2 sleep 10; echo $?', ['143'], 0],
    ['dirname /a/b/c.txt; basename /a/b/c.txt .txt; realpath /tmp/../etc', ['/a/b', 'c', '/etc'], 0],
    ['id; whoami', ['uid=0(root) gid=0(root) groups=0(root)', 'root'], 0],
  ];
  it.each(cases)('%s', async (script, lines, code) => {
    expect(await sh(script)).toEqual([lines, code]);
  });

  it('runs the trap of a signal once the command in the foreground has ended, or at once while it waits', async () => {
    const stopped = async (script: string): Promise<[readonly string[], number | undefined, number]> => {
      const { lines, process } = spawn(script);
      await simulation.runUntil(simulation.now + 2_500);
      const began = simulation.now;
      let ended = 0;
      process.onDidExit(() => (ended = simulation.now - began));
      process.kill('SIGTERM');
      await simulation.runUntil(simulation.now + 20_000);
      return [lines, process.exit?.code, ended];
    };
    const graceful = "trap 'echo stopping; exit 7' TERM; while true; do sleep 5; done";
    expect(await stopped(graceful)).toEqual([['stopping'], 7, 2_500]);
    expect(await stopped("trap 'echo now; exit 0' TERM; sleep 3600 & wait")).toEqual([['now'], 0, 0]);
    // What was ignored, or taken away, does nothing; what has no trap neither, as process 1.
    expect(await stopped("trap '' TERM; sleep 10; echo over")).toEqual([['over'], 0, 7_500]);
    expect(await stopped("trap 'echo x' TERM; trap - TERM; sleep 10; echo over")).toEqual([
      ['over'],
      0,
      7_500,
    ]);
  });

  it('runs stages of a pipe side by side, and ends a writer whose reader has gone', async () => {
    expect(await sh('while true; do echo x; sleep 1; done | head -2; echo done')).toEqual([
      ['x', 'x', 'done'],
      0,
    ]);
  });
});
