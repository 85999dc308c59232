import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Host } from './host.ts';

const builtIn = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'labs',
  'architecture',
  'first-look',
);
let folder: string;
let host: Host | undefined;
let log: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leme-setup-'));
  log = [];
});
afterEach(async () => {
  await host?.stop();
  host = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** The lab `first-look` with a start state of its own. */
function writeLab(start: string, files: Readonly<Record<string, string>>): void {
  const lab = join(folder, 'labs', 'architecture', 'first-look');
  cpSync(builtIn, lab, { recursive: true });
  const spec = join(lab, 'lab.yaml');
  writeFileSync(spec, readFileSync(spec, 'utf8').replace(/^start:\n/m, `start:\n${start}`));
  mkdirSync(join(lab, 'setup'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(lab, 'setup', name), text);
}

async function open(): Promise<Host> {
  host = new Host({
    dataDir: join(folder, 'data'),
    labsRoot: join(folder, 'labs'),
    shell: { command: 'false', args: [] },
    appVersion: '0.1.0',
    topology: undefined,
    seed: undefined,
    speed: 1,
    apiPort: 0,
    etcdPort: 0,
    etcdPlain: false,
    locale: 'en',
    log: (line) => void log.push(line),
  });
  await host.start();
  return host;
}

const WEB = `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx }] }
`;
const READY = `  manifests: [setup/web.yaml]
  until:
    - kind: object
      query: { apiVersion: apps/v1, kind: Deployment, namespace: shop, name: web, where: object.status.readyReplicas == 2 }
`;

/** An image that no registry has: it is ready after five seconds. */
const SHOP_IMAGE = `apiVersion: leme/v1
kind: ImageList
images:
  - repository: images.shop.example/web
    tags: ['1.0']
    layers: [2MB]
    entrypoint: [/shop]
    ports: [8080]
    behaviour:
      type: service
      ready: shop is open
      http: { routes: [{ path: /ready, until: 5s, status: 503 }, { path: /ready }] }
`;
const SHOP = WEB.replace(
  '{ name: web, image: nginx }',
  '{ name: web, image: "images.shop.example/web:1.0", readinessProbe: { httpGet: { path: /ready, port: 8080 }, periodSeconds: 1 } }',
);

function names(of: Host, prefix: string): string[] {
  const objects = of.cluster?.objects.list(prefix) ?? [];
  return objects.map(({ metadata }) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`);
}

describe('the start state of a lab', () => {
  it('is there, warmed up, when the lab opens, and again after a restart of it', async () => {
    writeLab(READY, { 'web.yaml': WEB });
    const running = await open();
    await running.labs.open('first-look');
    expect(names(running, 'pods').filter((name) => name.startsWith('shop/web-'))).toHaveLength(2);
    const input = [...(running.cluster?.simulation.log.range(0) ?? [])].find(
      (record) => record.kind === 'input' && JSON.stringify(record).includes('/namespaces/shop/deployments'),
    );
    expect(input).toBeDefined();
    await running.labs.restart();
    expect(names(running, 'deployments')).toEqual(['local-path-storage/local-path-provisioner', 'shop/web']);
  });

  it('runs images that the lab brings, also after a restart of the app, and no other lab has them', async () => {
    writeLab(READY, { 'web.yaml': SHOP });
    const images = join(folder, 'labs', 'architecture', 'first-look', 'images');
    mkdirSync(images);
    writeFileSync(join(images, 'shop.yaml'), SHOP_IMAGE);
    const running = await open();
    await running.labs.open('first-look');
    // The warm-up has seen both ready.
    expect(names(running, 'pods').filter((name) => name.startsWith('shop/web-'))).toHaveLength(2);
    await running.stop();
    host = undefined;
    const { cluster } = await open();
    expect(cluster?.resumed).toBe(true);
    const line = (name: string): boolean =>
      cluster?.cluster.machine(name).processes.some((process) => process.argv[0] === '/shop') ?? false;
    expect(['worker-1', 'worker-2'].filter(line)).not.toEqual([]);
  });

  it('does not begin when an image of the lab is described wrongly', async () => {
    writeLab(READY, { 'web.yaml': SHOP });
    const images = join(folder, 'labs', 'architecture', 'first-look', 'images');
    mkdirSync(images);
    writeFileSync(join(images, 'shop.yaml'), SHOP_IMAGE.replace('type: service', 'type: servise'));
    await expect((await open()).labs.open('first-look')).rejects.toThrow('there is no lab first-look');
    expect(log).toEqual([
      expect.stringMatching(
        /images\/shop\.yaml:10: images\.0\.behaviour\.type: there is no behaviour "servise"/,
      ),
    ]);
  });

  it('is applied again when the process ended in the middle, and only then', async () => {
    writeLab(READY, { 'web.yaml': WEB });
    const first = await open();
    await first.labs.open('first-look');
    const uid = (of: Host): unknown => of.cluster?.objects.list('deployments')[0]?.metadata?.uid;
    const before = uid(first);
    first.workspace.meta.delete('setup');
    await first.stop();
    host = undefined;
    const second = await open();
    // Merged into what was there.
    expect(uid(second)).toBe(before);
    expect(second.workspace.meta.get('setup')).toBe('done');
  });

  it('fails in the API server’s words, with the file', async () => {
    writeLab('  manifests: [setup/bad.yaml]\n', {
      'bad.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: Bad_Name }\nspec: { containers: [] }\n',
    });
    const running = await open();
    await expect(running.labs.open('first-look')).rejects.toThrow(
      /^setup\/bad\.yaml: Pod "Bad_Name" is invalid: /,
    );
  });

  it('fails when its conditions cannot come true', async () => {
    writeLab(READY.replace('== 2', '== 3'), { 'web.yaml': WEB });
    const running = await open();
    await expect(running.labs.open('first-look')).rejects.toThrow(
      'the start state of the lab was not reached: Deployment shop/web: at least 1, not 0',
    );
  });

  it('is no lab when a manifest is no object', async () => {
    writeLab('  manifests: [setup/bad.yaml]\n', { 'bad.yaml': 'a: b\n---\nkind: Pod\napiVersion: v1\n' });
    const running = await open();
    await expect(running.labs.open('first-look')).rejects.toThrow('there is no lab first-look');
    expect(log).toEqual([
      expect.stringMatching(/setup\/bad\.yaml:1: an object has an apiVersion and a kind$/),
      expect.stringMatching(/setup\/bad\.yaml:3: Pod: metadata\.name is missing$/),
    ]);
  });
});
