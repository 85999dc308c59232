import { parseAllDocuments } from 'yaml';
import type { HttpRequest, HttpResponse } from '../cluster/network/http.ts';
import type { PeerCertificate } from '../cluster/network/interface.ts';
import { createCheck } from '../grading/checks/registry.ts';
import type { Check, ClusterView } from '../grading/interface.ts';
import type { ImageSpec } from '../shared/images/image-schema.ts';
import type { ObjectCheckSpec, SetupFile } from '../shared/lab/lab-schema.ts';

/** The start state of a lab: what is applied, in order, and what must hold before the learner begins. */
export interface LabSetup {
  readonly files: readonly SetupFile[];
  readonly until: readonly ObjectCheckSpec[];
  /** Images that its cluster can pull beside the others. */
  readonly images: readonly ImageSpec[];
}

/** One call to the API server, answered in full. */
export type ApiCall = (request: HttpRequest) => Promise<HttpResponse>;

/** Who applies: the administrator that kubeadm makes. */
export const setupIdentity: PeerCertificate = {
  commonName: 'kubernetes-admin',
  organizations: ['kubeadm:cluster-admins', 'system:masters'],
  notBefore: 0,
  notAfter: Number.MAX_SAFE_INTEGER,
  issuer: 'kubernetes',
};

/** The lab cannot be brought to its start state; the message says at which file, in the API server's words. */
export class SetupFailed extends Error {}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Creates what the files say through the API; what exists already is merged into. @throws SetupFailed */
export async function applySetup(call: ApiCall, files: readonly SetupFile[]): Promise<void> {
  const known = new Map<string, readonly ApiResource[]>();
  for (const { file, text } of files) {
    for (const document of parseAllDocuments(text)) {
      const manifest = document.toJS() as Manifest | null;
      if (manifest !== null) await applyOne(call, known, file, manifest);
    }
  }
}

async function applyOne(
  call: ApiCall,
  known: Map<string, readonly ApiResource[]>,
  file: string,
  manifest: Manifest,
): Promise<void> {
  const { apiVersion, kind, metadata } = manifest;
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  let resources = known.get(base);
  if (resources === undefined) {
    const list = await ask(call, file, { method: 'GET', target: base, headers: JSON_ONLY });
    resources = (list.value as { resources?: readonly ApiResource[] }).resources ?? [];
    known.set(base, resources);
  }
  const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
  if (resource === undefined)
    throw new SetupFailed(`${file}: no matches for kind "${kind}" in version "${apiVersion}"`);
  const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  const collection = `${base}${namespace}/${resource.name}`;
  const body = { type: 'bytes', bytes: new TextEncoder().encode(JSON.stringify(manifest)) } as const;
  const send = (method: string, target: string, type: string): Promise<Answer> =>
    ask(call, file, {
      method,
      target: `${target}?fieldManager=lab-setup`,
      headers: { ...JSON_ONLY, 'content-type': type },
      body,
    });
  const created = await send('POST', collection, 'application/json');
  if (created.reason === 'AlreadyExists')
    await send('PATCH', `${collection}/${metadata.name}`, 'application/merge-patch+json');
}

const JSON_ONLY = { accept: 'application/json', 'user-agent': 'leme-lab-setup' };

interface Answer {
  readonly value: unknown;
  readonly reason: string | undefined;
}

/** Success, or a refusal because the object is there. @throws SetupFailed for every other answer */
async function ask(call: ApiCall, file: string, request: HttpRequest): Promise<Answer> {
  const { status, body } = await call(request);
  const value: unknown =
    body?.type === 'object'
      ? body.value
      : body === undefined
        ? undefined
        : JSON.parse(body.type === 'text' ? body.text : new TextDecoder().decode(body.bytes));
  if (status < 300) return { value, reason: undefined };
  const { reason, message } = value as { reason?: string; message?: string };
  if (reason === 'AlreadyExists') return { value, reason };
  throw new SetupFailed(`${file}: ${message ?? `${request.method} ${request.target} gave ${status}`}`);
}

/** Looks, after changes only, whether all conditions hold. */
export class WarmUp {
  readonly #checks: readonly { readonly check: Check; met: boolean; dirty: boolean }[];
  readonly #cluster: ClusterView;
  readonly #subscription: { dispose(): void };

  constructor(cluster: ClusterView, until: readonly ObjectCheckSpec[]) {
    this.#cluster = cluster;
    const context = { cluster, commands: [] };
    this.#checks = until.map((spec) => ({
      check: createCheck(spec, context, undefined),
      met: false,
      dirty: true,
    }));
    this.#subscription = cluster.onDidChange((change) => {
      for (const one of this.#checks) if (one.check.onChange?.(change, context) === true) one.dirty = true;
    });
  }

  get isMet(): boolean {
    const context = { cluster: this.#cluster, commands: [] };
    for (const one of this.#checks) {
      if (!one.dirty) continue;
      one.dirty = false;
      one.met = one.check.evaluate(context).credit === 1;
    }
    return this.#checks.every(({ met }) => met);
  }

  /** What does not hold, in English. */
  get missing(): string {
    const context = { cluster: this.#cluster, commands: [] };
    return this.#checks
      .filter(({ met }) => !met)
      .map(({ check }) => check.evaluate(context))
      .map(({ expected, actual }) => `${expected.en}, not ${actual.en}`)
      .join('; ');
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
