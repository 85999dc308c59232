import { defaultDataDir, hostConfig } from './entry-common.ts';
import { Host } from './host.ts';
import { parseHostOptions } from './options.ts';
import type { PortLike } from './transports/message-port-channel.ts';
import { messagePortChannel } from './transports/message-port-channel.ts';

// The host as Electron's utility process: the main process sends it one port per page.

interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: PortLike[] }) => void): void;
}

const parent = (process as unknown as { parentPort?: ParentPort }).parentPort;
if (parent === undefined) throw new Error('this program is started by Electron; use `npm run serve` instead');

const host = new Host(
  hostConfig(parseHostOptions(process.argv.slice(2), defaultDataDir()), import.meta.dirname, (line) =>
    console.error(`leme: ${line}`),
  ),
);
parent.on('message', ({ data, ports }) => {
  if (data === 'quit') void host.stop().then(() => process.exit(0));
  const [port] = ports;
  if (data === 'channel' && port !== undefined) host.serve(messagePortChannel(port));
});
await host.start();
