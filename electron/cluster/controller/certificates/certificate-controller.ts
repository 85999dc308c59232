import type { CertificateSigningRequest } from '../../api/types.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import type { Controller, ControllerContext } from '../interface.ts';

/** What one of the loops over requests does with a request that is not issued yet. */
export type RequestHandler = (request: CertificateSigningRequest) => Promise<void>;

/** The loop that approver and signers share. Models pkg/controller/certificates CertificateController (v1.34). */
export class CertificateController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #requests: SharedInformer<CertificateSigningRequest>;
  readonly #handle: RequestHandler;

  constructor(c: ControllerContext, name: string, handle: RequestHandler) {
    this.#c = c;
    this.#handle = handle;
    this.#queue = c.journal.queue(`certificate-${name}`, { resource: 'certificatesigningrequests' });
    this.#requests = c.factory.informer(resourceTypes.certificateSigningRequests);
    const changed = (request: CertificateSigningRequest): void => this.#queue.add(nameOf(request));
    this.#requests.addEventHandler({ onAdd: changed, onUpdate: (_, request) => changed(request) });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 5, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const request = this.#requests.lister.get(key);
    if (request === undefined || (request.status?.certificate ?? '') !== '') return;
    await this.#handle(request);
  }
}

/** Whether a request has a condition. */
export function hasCondition({ status }: CertificateSigningRequest, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type) === true;
}
