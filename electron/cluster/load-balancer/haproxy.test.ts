import { describe, expect, it } from 'vitest';
import type { Simulation } from '../../base/simulation.ts';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import type { Process, Program } from '../machine/interface.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { HttpClientConnection } from '../network/http-client.ts';
import type { HttpFrame, HttpResponse } from '../network/http.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { HAPROXY_CONFIG, haproxyConfig } from './haproxy-config.ts';
import { haproxyProgram } from './haproxy.ts';

const ANA = { commonName: 'ana', organizations: [], notBefore: 0, notAfter: Infinity, issuer: 'kubernetes' };

/** Machines with a server each that says its name, one with haproxy, and a client. */
class Scene {
  readonly simulation: Simulation = newTestSimulation();
  readonly network = new SimulatedNetwork(this.simulation);
  readonly ready = new Map<string, boolean>();
  readonly stderr: string[] = [];
  readonly #machines = new Map<string, SimulatedMachine>();
  haproxy: Process;

  constructor(config?: string) {
    const names = ['cp-1', 'cp-2'];
    for (const [index, name] of [...names, 'lb-1', 'client'].entries())
      this.#add(name, `10.0.0.${10 + index}`);
    for (const name of names) this.serve(name);
    const servers = names.map((name) => ({ name, host: this.#machine(name).spec.ip, port: 6443 }));
    const balancer = this.#machine('lb-1');
    balancer.files.write(HAPROXY_CONFIG, config ?? haproxyConfig(servers, 8443));
    this.haproxy = balancer.spawn({ name: 'haproxy', program: haproxyProgram });
    this.haproxy.onDidWrite(({ line }) => this.stderr.push(line));
  }

  serve(name: string): Process {
    this.ready.set(name, true);
    const program: Program = async (process) => {
      process.net.listen(6443, 'https', (connection) => {
        connection.onMessage((payload) => {
          const frame = payload as HttpFrame;
          if (frame.type !== 'request') return;
          const isCheck = frame.request.target === '/readyz';
          const status = isCheck && this.ready.get(name) !== true ? 500 : 200;
          const caller = connection.remote.certificate?.commonName ?? 'nobody';
          const response: HttpResponse = {
            status,
            headers: {},
            body: { type: 'text', text: `${name} to ${caller}` },
          };
          const reply: HttpFrame = { type: 'response', call: frame.call, response };
          connection.send(reply, { phase: 'response', summary: String(status), call: frame.call });
        });
      });
      await new Promise<void>((resolve) => process.onTerminate(resolve));
      return 0;
    };
    return this.#machine(name).spawn({ name: 'server', program });
  }

  /** One request on a connection of its own through haproxy: what came back. */
  async ask(): Promise<string> {
    let said = 'nothing';
    this.#machine('client').spawn({
      name: 'client',
      program: async (process) => {
        try {
          const connection = await process.net.dial(
            { host: this.#machine('lb-1').spec.ip, port: 8443 },
            { protocol: 'https', certificate: ANA },
          );
          const http = new HttpClientConnection(connection, process.clock);
          const { body } = await http.call({ method: 'GET', target: '/', headers: {} });
          said = body?.type === 'text' ? body.text : 'no text';
          http.close();
        } catch (error) {
          said = error instanceof Error ? error.message : String(error);
        }
        return 0;
      },
    });
    await this.run(1000);
    return said;
  }

  /** A connection through haproxy that stays; says whether it has been cut off. */
  async hold(): Promise<() => boolean> {
    let closed = false;
    this.#machine('client').spawn({
      name: 'holder',
      program: async (process) => {
        const connection = await process.net.dial(
          { host: this.#machine('lb-1').spec.ip, port: 8443 },
          { protocol: 'https' },
        );
        connection.onClose(() => (closed = true));
        await new Promise<void>((resolve) => process.onTerminate(resolve));
        return 0;
      },
    });
    await this.run(1000);
    return () => closed;
  }

  async run(ms: number): Promise<void> {
    await this.simulation.runUntil(this.simulation.now + ms);
  }

  #machine(name: string): SimulatedMachine {
    return this.#machines.get(name) as SimulatedMachine;
  }

  #add(name: string, ip: string): void {
    const spec = { name, ip, role: 'control-plane', os: 'linux', cpus: 2, memory: 2 ** 32, disk: 2 ** 36, isNode: false } as const; // prettier-ignore
    this.#machines.set(name, new SimulatedMachine(spec, this.simulation, this.network, volatileStore()));
  }
}

describe('haproxy', () => {
  it("takes the servers in turn and passes the client's certificate through", async () => {
    const scene = new Scene();
    await scene.run(100);
    expect([await scene.ask(), await scene.ask(), await scene.ask()]).toEqual([
      'cp-1 to ana',
      'cp-2 to ana',
      'cp-1 to ana',
    ]);
  });

  it('takes a server out after two bad checks, cuts its sessions, and takes it back after one good check', async () => {
    const scene = new Scene();
    await scene.run(100);
    const isCut = await scene.hold();
    scene.ready.set('cp-1', false);
    await scene.run(6000);
    expect([scene.stderr, isCut()]).toEqual([[], false]);
    await scene.run(6000);
    expect(scene.stderr).toEqual(['[WARNING] Server apiserverbackend/cp-1 is DOWN']);
    expect(isCut()).toBe(true);
    expect([await scene.ask(), await scene.ask()]).toEqual(['cp-2 to ana', 'cp-2 to ana']);
    scene.ready.set('cp-1', true);
    await scene.run(6000);
    expect(scene.stderr.at(-1)).toBe('[WARNING] Server apiserverbackend/cp-1 is UP');
  });

  it('closes the connection when no server is up', async () => {
    const scene = new Scene();
    for (const name of ['cp-1', 'cp-2']) scene.ready.set(name, false);
    await scene.run(12_000);
    expect(await scene.ask()).toBe('unexpected EOF');
  });

  it('ends with 1 and says why when its configuration is wrong, with 0 when it is told to', async () => {
    const bad = new Scene('frontend f\n');
    await bad.run(100);
    expect(bad.haproxy.exit).toMatchObject({ code: 1 });
    expect(bad.stderr).toEqual(["[ALERT] config : /etc/haproxy/haproxy.cfg: frontend has no 'bind *:PORT'"]);
    const good = new Scene();
    await good.run(100);
    good.haproxy.kill('SIGTERM');
    await good.run(100);
    expect(good.haproxy.exit).toMatchObject({ code: 0 });
  });
});
