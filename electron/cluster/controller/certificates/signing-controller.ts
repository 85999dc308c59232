import type { SigningAuthority } from '../../../base/x509/authority.ts';
import type { CertificateRequest } from '../../../base/x509/certificate-request.ts';
import { parseRequest } from '../../api/certificates/v1/certificate-signing-request/parse-request.ts';
import type { CertificateSigningRequest } from '../../api/types.ts';
import { encodeBase64 } from '../../apimachinery/base64.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { CertificateController, hasCondition } from './certificate-controller.ts';
import { keyUsages } from './key-usages.ts';
import { REQUEST_RULES } from './signers.ts';

/** Virtual milliseconds. */
const BACKDATE = 5 * 60_000;
const SHORT = 8 * 3_600_000;

/**
 * Signs approved requests for the cluster's own signers, in virtual time. Models pkg/controller/certificates/signer
 * (v1.34). `duration` in milliseconds: how long a certificate is good at most.
 */
export class SigningController implements Controller {
  readonly #c: ControllerContext;
  readonly #authority: { current(): SigningAuthority };
  readonly #duration: number;
  readonly #loop: CertificateController;

  constructor(c: ControllerContext, authority: { current(): SigningAuthority }, duration: number) {
    this.#c = c;
    this.#authority = authority;
    this.#duration = duration;
    this.#loop = new CertificateController(c, 'csrsigning', (request) => this.#handle(request));
  }

  run(): void {
    this.#loop.run();
  }

  async #handle(request: CertificateSigningRequest): Promise<void> {
    const { spec } = request;
    const rule = REQUEST_RULES[spec.signerName];
    if (rule === undefined) return;
    if (!hasCondition(request, 'Approved') || hasCondition(request, 'Denied')) return;
    if (hasCondition(request, 'Failed')) return;
    const parsed = parseRequest(spec.request);
    const problem = typeof parsed === 'string' ? parsed : rule(parsed, spec.usages ?? []);
    if (typeof parsed === 'string' || problem !== undefined) {
      this.#decide(request, 'fail', problem ?? '');
      await this.#write(request, this.#failed(problem ?? ''));
      return;
    }
    const certificate = this.#sign(request, parsed);
    this.#decide(request, 'sign', `${parsed.commonName} [${parsed.organizations.join(' ')}]`);
    await this.#write(request, { certificate: encodeBase64(certificate) });
  }

  #decide(request: CertificateSigningRequest, action: string, observed: string): void {
    const subject = `certificatesigningrequests ${nameOf(request)}`;
    decide(this.#c, { subject, action, desired: request.spec.signerName, observed });
  }

  /** Models PermissiveSigningPolicy (v1.34). */
  #sign({ spec }: CertificateSigningRequest, request: CertificateRequest): string {
    const { clock, rand } = this.#c.context;
    const asked = spec.expirationSeconds === undefined ? this.#duration : spec.expirationSeconds * 1000;
    const ttl = Math.min(asked, this.#duration);
    const now = Math.trunc(clock.now() / 1000) * 1000;
    // A short life is not made shorter by dating it back.
    const end = ttl < SHORT ? now + ttl : now + ttl - BACKDATE;
    const authority = this.#authority.current();
    return authority.sign({
      serialNumber: BigInt(`0x${rand.uuid().replaceAll('-', '')}`) >> 1n,
      subject: request.subject,
      publicKey: request.publicKey,
      altNames: request.altNames,
      notBefore: now - BACKDATE,
      notAfter: Math.min(end, authority.notAfter),
      ...keyUsages(spec.usages ?? []),
    });
  }

  #failed(message: string): Pick<NonNullable<CertificateSigningRequest['status']>, 'conditions'> {
    const time = formatTime(this.#c.context.clock.now());
    const failed = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message,
      lastUpdateTime: time,
    };
    return { conditions: [failed] };
  }

  async #write(
    request: CertificateSigningRequest,
    change: NonNullable<CertificateSigningRequest['status']>,
  ): Promise<void> {
    const conditions = [...(request.status?.conditions ?? []), ...(change.conditions ?? [])];
    const body = { ...request, status: { ...request.status, ...change, conditions } };
    const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${nameOf(request)}/status`;
    await this.#c.client.request('PUT', path, body);
  }
}
