import { beforeEach, describe, expect, it } from 'vitest';
import { TestSimulation } from './client/testing/test-simulation.testing.ts';
import { MachineRuntimes } from './cri/machine-runtimes.ts';
import { defineWindowsServices } from './define-windows-services.ts';
import { OfflineCatalogue } from './images/catalogue.ts';
import { installWindowsMachine } from './kubeadm/windows-install.ts';
import { volatileStore } from './machine/local-state.ts';
import { SimulatedMachine } from './machine/machine.ts';
import { SimulatedNetwork } from './network/network.ts';
import { execOnMachine } from './node-shell/exec-on-machine.ts';
import type { MachineExec } from './node-shell/interface.ts';
import { buildTopology } from './topology/topologies.ts';

let test: TestSimulation;
let machine: SimulatedMachine;

beforeEach(async () => {
  test = new TestSimulation();
  const { simulation } = test;
  const { machines } = buildTopology('kubeadm-1-2,worker-2=windows+tainted');
  const spec = machines.find(({ name }) => name === 'worker-2');
  if (spec === undefined) throw new Error('no worker-2');
  machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
  const runtimes = new MachineRuntimes(machine, new OfflineCatalogue(), () => simulation.now, 'containerd');
  installWindowsMachine({
    machine,
    spec,
    machines,
    runtime: runtimes.own,
    server: 'https://10.0.0.10:6443',
    version: 'v1.34.9',
    certificate: 'PEM',
    now: simulation.now,
  });
  defineWindowsServices({ machine, spec, runtimes }, 'v1.34.9');
  machine.boot(false);
  await test.run(3_000);
});

interface Result {
  out: string;
  err: string;
  code: number | undefined;
}

function start(argv: readonly string[], more: { stdin?: string; terminal?: { asked: string[] } } = {}): [MachineExec, Result] {
  const result: Result = { out: '', err: '', code: undefined };
  const { stdin, terminal } = more;
  const exec = execOnMachine(
    machine,
    argv,
    {
      stdout: (text) => void (result.out += text),
      stderr: (text) => void (result.err += text),
      ...(stdin === undefined ? {} : { stdin }),
      ...(terminal === undefined
        ? {}
        : { terminal: { size: { columns: 100, rows: 30 }, want: (what) => void terminal.asked.push(what) } }),
    },
    (ms, run) => void test.simulation.schedule(test.simulation.now + ms, run),
  );
  void exec.done.then((code) => (result.code = code));
  return [exec, result];
} // prettier-ignore

/** One line of PowerShell, as `ssh worker-2 'LINE'` runs it. */
async function ps(line: string, ms = 5_000): Promise<Result> {
  const [, result] = start(['powershell.exe', '-Command', line]);
  await test.run(ms);
  return result;
}

const out = async (line: string): Promise<string> => {
  const { out: text, err } = await ps(line);
  return err + text;
};

describe('a Windows worker', () => {
  it('has the files of a prepared one, and none of Linux', async () => {
    expect(await out('Get-ChildItem C:\\k -Name')).toBe('kubeadm.exe\nkubelet.exe\nStartKubelet.ps1\n');
    expect(await out('ls C:\\ -Name')).toBe('etc\nk\nopt\nProgram Files\nProgramData\nUsers\nvar\nWindows\n');
    expect(await out('Test-Path C:\\etc\\os-release; Test-Path C:\\usr; Test-Path C:\\K\\KUBELET.EXE')).toBe(
      'False\nFalse\nTrue\n',
    );
    expect(await out('Test-Path \\\\.\\pipe\\containerd-containerd')).toBe('True\n');
    expect(await out('gc C:\\var\\lib\\kubelet\\kubeadm-flags.env')).toContain(
      '--register-with-taints=os=windows:NoSchedule',
    );
  });

  it('keeps its services by the Service Control Manager', async () => {
    expect(await out('Get-Service kubelet,containerd')).toBe(
      '\nStatus   Name               DisplayName\n------   ----               -----------\nRunning  containerd         containerd\nRunning  kubelet            kubelet\n\n\n',
    );
    expect((await ps('Stop-Service containerd')).err).toMatch(
      /^Stop-Service : Cannot stop service 'containerd \(containerd\)' because it has dependent services\. It can only be stopped \nif the Force flag is set\.\nAt line:1 char:1\n\+ Stop-Service containerd\n\+ ~{23}\n {4}\+ CategoryInfo {10}: InvalidOperation: /,
    );
    expect(await out('Stop-Service kubelet; (Get-Service kubelet).Status')).toBe('Stopped\n');
    expect(machine.units.get('kubelet')?.process).toBeUndefined();
    expect(await out('Start-Service kubelet -PassThru | Select-Object Name, Status')).toBe(
      '\nName    Status\n----    ------\nkubelet Running\n\n\n',
    );
    expect(
      await out('Get-WinEvent -LogName System -MaxEvents 20 | ? Message -like "*kubelet*" | select -First 1 -ExpandProperty Message'),
    ).toBe('The kubelet service entered the running state.\n'); // prettier-ignore
    expect((await ps('Get-Service nope')).err).toContain(
      "Get-Service : Cannot find any service with service name 'nope'.\n",
    );
  });

  it('starts a kubelet by its script: what is changed there counts after a restart', async () => {
    await ps(
      "(Get-Content C:\\k\\StartKubelet.ps1) -replace 'config.yaml','gone.yaml' | Set-Content C:\\k\\StartKubelet.ps1; Restart-Service kubelet",
    );
    await test.run(5_000);
    expect(await out('Get-Content C:\\var\\log\\kubelet\\kubelet.err.log -Tail 1')).toContain(
      'open /var/lib/kubelet/gone.yaml: no such file or directory',
    );
    expect(await out('Get-EventLog System -EntryType Error -Newest 1 | select -ExpandProperty Message')).toMatch(
      /^The kubelet service terminated unexpectedly\. {2}It has done this \d+ time\(s\)\.\n$/,
    ); // prettier-ignore
    machine.files.remove('/k/kubelet.exe');
    await ps('Restart-Service kubelet');
    expect(await out('gc C:\\var\\log\\kubelet\\kubelet.err.log -Tail 1')).toContain(
      "The term 'C:\\\\k\\\\kubelet.exe' is not recognized as the name of a cmdlet",
    );
  });

  it('runs programs, and says of others what PowerShell says', async () => {
    expect(await out('hostname')).toBe('worker-2\n');
    expect(await out('ipconfig | Select-String IPv4')).toBe(
      `   IPv4 Address. . . . . . . . . . . : ${machine.spec.ip}\n`,
    );
    expect(await out('crictl images')).toContain('registry.k8s.io/pause');
    expect(await out('& "C:\\Program Files\\containerd\\crictl.exe" version')).toContain('containerd');
    expect(await out('sc.exe query kubelet')).toContain('STATE              : 4  RUNNING');
    expect(await out('nssm status kubelet')).toBe('SERVICE_RUNNING\n');
    expect((await ps('systemctl status kubelet')).err).toBe(
      "systemctl : The term 'systemctl' is not recognized as the name of a cmdlet, function, script file, or operable \nprogram. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.\nAt line:1 char:1\n+ systemctl status kubelet\n+ ~~~~~~~~~~~~~~~~~~~~~~~~\n    + CategoryInfo          : ObjectNotFound: (systemctl:String) [], CommandNotFoundException\n    + FullyQualifiedErrorId : CommandNotFoundException\n \n",
    );
    expect((await ps('foreach ($x in 1) { }')).err).toContain(
      'leme: "foreach" is not modelled: of the language there are pipelines, variables, if and while.',
    );
  });

  it('answers crictl with the pipe that nobody serves', async () => {
    await ps('Stop-Service containerd -Force');
    expect((await ps('crictl ps')).err).toContain(
      'open //./pipe/containerd-containerd: The system cannot find the file specified.',
    );
  });

  it('is a session at a terminal, which Ctrl-C does not end', async () => {
    const terminal = { asked: [] as string[] };
    const [exec, result] = start(['powershell.exe'], { terminal });
    await test.run(500);
    expect(result.out).toMatch(/^Windows PowerShell\n[^]*PS C:\\Users\\Administrator> $/);
    const type = async (line: string): Promise<string> => {
      const before = result.out.length;
      exec.typed({ line });
      await test.run(2_000);
      return result.out.slice(before);
    };
    expect(await type('cd \\k')).toBe('PS C:\\k> ');
    expect(await type('$name = "x"')).toBe('PS C:\\k> ');
    expect(await type('Write-Output "a $name b"')).toBe('a x b\nPS C:\\k> ');
    expect(await type('1,2,3 |')).toBe('>> ');
    expect(await type('? { $_ -gt 1 }')).toBe('2\n3\nPS C:\\k> ');
    expect(await type('Start-Sleep 600')).toBe('');
    exec.typed({ keys: '\u0003' });
    await test.run(100);
    expect(result.out).toMatch(/PS C:\\k> $/);
    expect(terminal.asked[0]).toBe('keys');
    exec.typed({ line: 'exit 3' });
    await test.run(100);
    expect(result.code).toBe(3);
  });

  it('follows a log until Ctrl-C, and reads lines from a pipe', async () => {
    machine.files.write('/k/log', 'one\n');
    const [exec, result] = start(['powershell.exe', '-Command', 'Get-Content C:\\k\\log -Wait']);
    await test.run(1_500);
    machine.files.write('/k/log', 'one\ntwo\n');
    await test.run(1_500);
    expect(result.out).toBe('one\ntwo\n');
    exec.interrupt();
    await test.run(100);
    expect(result.code).toBeDefined();
    const [, piped] = start(['powershell.exe'], { stdin: 'cd C:\\k\n(pwd).Path\n' });
    await test.run(500);
    expect(piped).toEqual({ out: 'C:\\k\n', err: '', code: 0 });
    start(['powershell.exe', '-Command', '$input | Set-Content C:\\k\\copy'], { stdin: 'a\nb\n' });
    await test.run(500);
    expect(machine.files.read('/k/copy')).toBe('a\nb\n');
  });

  it('restarts, and its services with it', async () => {
    const [, result] = start(['powershell.exe', '-Command', 'Restart-Computer -Force']);
    await test.run(1_000);
    expect([machine.powered, result]).toEqual([false, { out: '', err: '', code: 255 }]);
    await test.run(10_000);
    expect(machine.units.get('kubelet')?.active).toBe('active');
  });
});
