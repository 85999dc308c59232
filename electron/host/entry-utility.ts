import { defaultDataDir, hostConfig, installation } from './entry-common.ts';
import { Host } from './host.ts';
import { parseHostOptions } from './options.ts';
import type { PortLike } from './transports/message-port-channel.ts';
import { messagePortChannel } from './transports/message-port-channel.ts';
import { UnavailableHost } from './unavailable-host.ts';

// The host as Electron's utility process: the main process sends it one port per page.

interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: PortLike[] }) => void): void;
}

const parent = (process as unknown as { parentPort?: ParentPort }).parentPort;
if (parent === undefined) throw new Error('this program is started by Electron; use `npm run serve` instead');

const log = (line: string): void => console.error(`leme: ${line}`);
let host = open();

/** The window is the only thing a person sees: what went wrong has to arrive there, not only on a terminal. */
function open(): Host | UnavailableHost {
  let dataDir: string | undefined;
  try {
    const options = parseHostOptions(process.argv.slice(2), defaultDataDir());
    ({ dataDir } = options);
    const opened = new Host(hostConfig(options, import.meta.dirname, log));
    void opened.start();
    return opened;
  } catch (error) {
    return new UnavailableHost(error, {
      dataDir,
      appVersion: installation(import.meta.dirname).version,
      log,
    });
  }
}

parent.on('message', ({ data, ports }) => {
  if (data === 'quit') {
    void Promise.resolve(host instanceof Host ? host.stop() : undefined).then(() => process.exit(0));
    return;
  }
  const [port] = ports;
  if (data !== 'channel' || port === undefined) return;
  // A page that asks again wants to try again: the other Leme may have been closed since.
  if (host instanceof UnavailableHost) host = open();
  host.serve(messagePortChannel(port));
});
