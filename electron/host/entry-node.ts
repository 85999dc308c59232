import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { defaultDataDir, hostConfig, installation } from './entry-common.ts';
import { Host } from './host.ts';
import { openAppServer } from './listeners/app-server.ts';
import type { HostOptions } from './options.ts';
import { parseHostOptions } from './options.ts';

// `npm run serve`: the host as a plain Node program, with the app on a loopback server.

async function main(options: HostOptions): Promise<void> {
  const folder = import.meta.dirname;
  const host = new Host(hostConfig(options, folder, (line) => console.error(`leme: ${line}`)));
  const server = await openAppServer({
    root: join(installation(folder).dist, 'app'),
    port: options.port,
    token: randomBytes(24).toString('base64url'),
    onChannel: (channel) => host.serve(channel),
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void server
      .close()
      .then(() => host.stop())
      .then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // The page can open while the cluster starts; tools want everything to be there.
  if (options.open) openBrowser(server.url);
  if (!options.json) console.log(`Leme: ${server.url}`);
  await host.start();
  // A window shows what went wrong; a tool needs to be told.
  if (options.json && host.cluster === undefined) {
    await server.close();
    await host.stop();
    process.exit(1);
  }
  if (options.json) {
    console.log(
      JSON.stringify({
        url: server.url,
        kubeconfig: host.kubeconfigPath,
        apiServer: host.apiServerUrl ?? null,
        etcdEndpoints: host.etcdEndpoints,
        dataDir: options.dataDir,
        pid: process.pid,
      }),
    );
  } else if (host.apiServerUrl !== undefined) {
    console.log(`Leme: kubectl --kubeconfig ${host.kubeconfigPath} get nodes`);
  }
}

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const child = spawn(command as string, args, { stdio: 'ignore', detached: true });
  // Nothing to open it with: the address is printed anyway.
  child.on('error', () => undefined);
  child.unref();
}

try {
  await main(parseHostOptions(process.argv.slice(2), defaultDataDir()));
} catch (error) {
  console.error(`leme: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
