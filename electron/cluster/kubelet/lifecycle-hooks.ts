import type { Container, Pod } from '../api/types.ts';
import type { HandlerDependencies } from './prober/handlers.ts';
import { execCommand, httpGet, urlOf } from './prober/handlers.ts';
import { fullNameOf, uidOf } from './pod-accessors.ts';
import type { RuntimeCache } from './runtime-cache.ts';

export type LifecycleHook = NonNullable<NonNullable<Container['lifecycle']>['postStart']>;

/** What the client of a hook's HTTP call waits for, in milliseconds. */
const HTTP_TIMEOUT = 30_000;

/** Runs postStart and preStop. Models pkg/kubelet/lifecycle handlers.go (v1.34). */
export class LifecycleHooks {
  readonly #handlers: HandlerDependencies;
  readonly #cache: RuntimeCache;

  constructor(handlers: HandlerDependencies, cache: RuntimeCache) {
    this.#handlers = handlers;
    this.#cache = cache;
  }

  /** Resolves to undefined, or to what went wrong. */
  async run(
    pod: Pod,
    spec: Container,
    containerId: string,
    hook: LifecycleHook,
  ): Promise<string | undefined> {
    const where = `for Container ${JSON.stringify(spec.name)} in Pod ${JSON.stringify(`${fullNameOf(pod)}(${uidOf(pod)})`)} failed`;
    if (hook.exec !== undefined) {
      const command = hook.exec.command ?? [];
      const result = await execCommand(this.#handlers, containerId, command, 0);
      if (result.outcome === 'success') return undefined;
      const [error, output] =
        result.outcome === 'errored'
          ? [result.error, '']
          : [
              `command '${command.join(' ')}' exited with ${result.exitCode ?? 0}: ${result.stderr ?? ''}`,
              result.output,
            ];
      return `Exec lifecycle hook (${goList(command)}) ${where} - error: ${error}, message: ${JSON.stringify(output)}`;
    }
    if (hook.httpGet !== undefined) {
      const { path = '', httpHeaders } = hook.httpGet;
      const podIp = this.#cache.get(uidOf(pod)).sandboxes[0]?.ip ?? '';
      const result = await httpGet(
        this.#handlers,
        urlOf(hook.httpGet, podIp, spec),
        httpHeaders,
        HTTP_TIMEOUT,
      );
      // Any answer will do.
      if (
        result.outcome === 'success' ||
        result.outcome === 'warning' ||
        (result.outcome === 'failure' && result.output.startsWith('HTTP '))
      )
        return undefined;
      const error = result.outcome === 'errored' ? result.error : result.output;
      return `HTTP lifecycle hook (${path}) ${where} - error: ${error}`;
    }
    if (hook.sleep !== undefined) {
      await this.#handlers.context.clock.sleep(hook.sleep.seconds * 1000);
      return undefined;
    }
    return 'Cannot run handler: invalid handler';
  }
}

/** As Go prints a slice of strings. */
function goList(texts: readonly string[]): string {
  return `[${texts.join(' ')}]`;
}
