import { formatGoDuration } from '../../apimachinery/duration.ts';
import { readClientConfig } from '../../client/kubeconfig.ts';
import { HttpClientConnection } from '../../network/http-client.ts';
import type { CommandContext } from '../interface.ts';
import { kubeadmError } from './kubeadm-error.ts';

const HEALTHZ_PORT = 10_248;
const URL = `http://127.0.0.1:${HEALTHZ_PORT}/healthz`;
/** Virtual milliseconds: between looks, how long the kubelet may take, and how long its certificate. */
const INTERVAL = 500;
const KUBELET_TIMEOUT = 240_000;
const BOOTSTRAP_INTERVAL = 1_000;
const BOOTSTRAP_TIMEOUT = 300_000;
const PHASE = 'error execution phase kubelet-wait-bootstrap';

/** Waits until the kubelet says that it is healthy. Answers after how many milliseconds. @throws CommandError with what may be wrong */
export async function waitForKubelet(context: CommandContext): Promise<number> {
  const { process, out } = context;
  const limit = formatGoDuration(KUBELET_TIMEOUT);
  out(`[kubelet-check] Waiting for a healthy kubelet at ${URL}. This can take up to ${limit}\n`);
  const start = process.clock.now();
  for (;;) {
    const problem = await problemOf(context);
    const passed = process.clock.now() - start;
    if (problem === undefined) return passed;
    await process.clock.sleep(Math.min(INTERVAL, KUBELET_TIMEOUT - passed));
    if (passed + INTERVAL < KUBELET_TIMEOUT) continue;
    out(`[kubelet-check] The kubelet is not healthy after ${limit}\n`);
    fail(`The HTTP call equal to 'curl -sSL ${URL}' returned error: Get "${URL}": ${problem}`, context);
  }
}

/** Waits until the kubelet has written a kubeconfig and the certificate it names. @throws CommandError */
export async function waitForKubeconfig(path: string, context: CommandContext): Promise<void> {
  const { process, machine } = context;
  for (const end = process.clock.now() + BOOTSTRAP_TIMEOUT; ;) {
    try {
      readClientConfig(machine.files, path, 'kubeadm');
      return;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      if (process.clock.now() + BOOTSTRAP_INTERVAL > end) fail('context deadline exceeded', context);
    }
    await process.clock.sleep(BOOTSTRAP_INTERVAL);
  }
}

/** Why the kubelet is not healthy; undefined when it is. */
async function problemOf({ process }: CommandContext): Promise<string | undefined> {
  try {
    const address = { host: '127.0.0.1', port: HEALTHZ_PORT };
    const connection = new HttpClientConnection(await process.net.dial(address, { protocol: 'https' }));
    try {
      const { status } = await connection.call({ method: 'GET', target: '/healthz', headers: {} });
      return status === 200 ? undefined : `HTTP status ${status}`;
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof TypeError || !(error instanceof Error)) throw error;
    return error.message;
  }
}

function fail(why: string, { out }: CommandContext): never {
  out(`
Unfortunately, an error has occurred:
	${why}

This error is likely caused by:
	- The kubelet is not running
	- The kubelet is unhealthy due to a misconfiguration of the node in some way (required cgroups disabled)

If you are on a systemd-powered system, you can try to troubleshoot the error with the following commands:
	- 'systemctl status kubelet'
	- 'journalctl -xeu kubelet'
`);
  throw kubeadmError(`${PHASE}: ${why}`);
}
