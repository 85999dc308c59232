import { parseRequest } from '../../api/certificates/v1/certificate-signing-request/parse-request.ts';
import type { CertificateSigningRequest } from '../../api/types.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { CertificateController, hasCondition } from './certificate-controller.ts';
import { KUBELET_CLIENT_SIGNER, REQUEST_RULES } from './signers.ts';

interface Recognizer {
  readonly subresource: string;
  readonly message: string;
  /** Whether only the node itself may ask. */
  readonly self: boolean;
}

const RECOGNIZERS: readonly Recognizer[] = [
  {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    self: true,
  },
  {
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    self: false,
  },
];

/** Approves what kubelets ask for themselves, where RBAC lets them. Models pkg/controller/certificates/approver (v1.34). */
export class ApprovingController implements Controller {
  readonly #c: ControllerContext;
  readonly #loop: CertificateController;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#loop = new CertificateController(c, 'csrapproving', (request) => this.#handle(request));
  }

  run(): void {
    this.#loop.run();
  }

  async #handle(request: CertificateSigningRequest): Promise<void> {
    const { spec } = request;
    if (spec.signerName !== KUBELET_CLIENT_SIGNER) return;
    if (hasCondition(request, 'Approved') || hasCondition(request, 'Denied')) return;
    const parsed = parseRequest(spec.request);
    if (typeof parsed === 'string') return;
    if (REQUEST_RULES[KUBELET_CLIENT_SIGNER]?.(parsed, spec.usages ?? []) !== undefined) return;
    for (const { subresource, message, self } of RECOGNIZERS) {
      if (self && parsed.commonName !== spec.username) continue;
      if (!(await this.#isAllowed(request, subresource))) continue;
      await this.#approve(request, message);
      return;
    }
  }

  async #isAllowed({ spec }: CertificateSigningRequest, subresource: string): Promise<boolean> {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: spec.username,
        uid: spec.uid,
        groups: spec.groups,
        extra: spec.extra,
        resourceAttributes: {
          group: 'certificates.k8s.io',
          resource: 'certificatesigningrequests',
          verb: 'create',
          subresource,
          version: '*',
        },
      },
    };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const answer = (await this.#c.client.request('POST', path, review)) as {
      readonly status?: { readonly allowed?: boolean };
    };
    return answer.status?.allowed === true;
  }

  async #approve(request: CertificateSigningRequest, message: string): Promise<void> {
    const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message };
    decide(this.#c, {
      subject: `certificatesigningrequests ${nameOf(request)}`,
      action: 'approve',
      desired: request.spec.signerName,
      observed: message,
    });
    const conditions = [...(request.status?.conditions ?? []), condition];
    const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${nameOf(request)}/approval`;
    await this.#c.client.request('PUT', path, { ...request, status: { ...request.status, conditions } });
  }
}
