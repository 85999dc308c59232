import type { GrpcBehaviour } from '../../../shared/images/behaviour-schema.ts';
import type { HealthServer, ServingStatus } from '../../network/grpc-health.ts';
import type { ServiceOptions } from './service-program.ts';
import { fillIn } from './template.ts';

/** What a program's health service says; an HTTP answer may change it for good. */
export class GrpcHealth implements HealthServer {
  readonly implemented: boolean;
  readonly latency: number;
  readonly #entries: NonNullable<GrpcBehaviour['health']>;
  readonly #options: ServiceOptions;
  readonly #since: number;
  readonly #set = new Map<string, ServingStatus>();

  /** Times count from now. */
  constructor({ health, latency }: GrpcBehaviour, options: ServiceOptions) {
    this.implemented = health !== undefined;
    this.latency = latency;
    this.#entries = health ?? [];
    this.#options = options;
    this.#since = options.process.clock.now();
  }

  set(service: string, status: ServingStatus): void {
    this.#set.set(fillIn(service, this.#options), status);
  }

  statusOf(service: string): ServingStatus | undefined {
    const set = this.#set.get(service);
    if (set !== undefined) return set;
    const uptime = this.#options.process.clock.now() - this.#since;
    const { files } = this.#options.world;
    return this.#entries.find(
      (entry) =>
        fillIn(entry.service, this.#options) === service &&
        uptime >= entry.after &&
        (entry.until === undefined || uptime < entry.until) &&
        (entry.whenFile === undefined || files.stat(entry.whenFile) !== undefined),
    )?.status;
  }
}
