import { parseCertificate } from '../../../base/x509/certificate.ts';
import { firstPemBlock } from '../../../base/x509/pem.ts';
import type { CertificateSigningRequest } from '../../api/types.ts';
import { decodeBase64 } from '../../apimachinery/base64.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import { isNotFound } from '../../client/api-errors.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

/** Virtual milliseconds. */
const HOUR = 3_600_000;
const PERIOD = HOUR;
const KEPT: Readonly<Record<string, number>> = { Approved: HOUR, Denied: HOUR, Failed: HOUR };
const KEPT_PENDING = 24 * HOUR;

/** Deletes requests that are of no use any more. Models pkg/controller/certificates/cleaner (v1.34). */
export class CleanerController implements Controller {
  readonly #c: ControllerContext;
  readonly #requests: SharedInformer<CertificateSigningRequest>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#requests = c.factory.informer(resourceTypes.certificateSigningRequests);
  }

  run(): void {
    const { context } = this.#c;
    context.go(async () => {
      for (;;) {
        for (const request of this.#requests.lister.list()) await this.#look(request);
        await context.clock.sleep(PERIOD);
      }
    });
  }

  async #look(request: CertificateSigningRequest): Promise<void> {
    const why = this.#outlived(request);
    if (why === undefined) return;
    decide(this.#c, {
      subject: `certificatesigningrequests ${nameOf(request)}`,
      action: 'delete',
      desired: 'none',
      observed: why,
    });
    try {
      await this.#c.client.resource(resourceTypes.certificateSigningRequests).delete(nameOf(request));
    } catch (error) {
      if (!isNotFound(error)) this.#c.context.log.warn('Error deleting CSR', { err: String(error) });
    }
  }

  #outlived({ metadata, status }: CertificateSigningRequest): string | undefined {
    const now = this.#c.context.clock.now();
    const conditions = status?.conditions ?? [];
    const certificate = status?.certificate ?? '';
    if (certificate !== '') {
      const block = firstPemBlock(new TextDecoder().decode(decodeBase64(certificate)));
      if (block !== undefined && parseCertificate(block.bytes).notAfter < now)
        return 'its certificate has expired';
    }
    for (const { type, lastUpdateTime } of conditions) {
      const kept = KEPT[type];
      if (kept === undefined || lastUpdateTime === undefined) continue;
      if (type === 'Approved' && certificate === '') continue;
      if (Date.parse(lastUpdateTime) + kept < now) return `${type} long ago`;
    }
    if (conditions.length > 0) return undefined;
    const made = Date.parse(metadata?.creationTimestamp ?? '');
    return made + KEPT_PENDING < now ? 'nobody approved or denied it' : undefined;
  }
}
