import type {
  HttpExchangeView,
  RecordDetail,
  RecordSummary,
} from '../../electron/shared/contract/records.ts';

const API = 'cp-1/kube-apiserver';
const ETCD = 'cp-1/etcd';
const KUBECTL = 'console/kubectl';
const KCM = 'cp-1/kube-controller-manager';
const SCHED = 'cp-1/kube-scheduler';
const KUBELET = 'worker-1/kubelet';
const CRI = 'worker-1/containerd';

/** Test only: what follows a `kubectl delete pod`, as the causal log tells it. Ids count from `first`. */
export function fakeChain(first: number, time: number, pod: string): RecordSummary[] {
  const list: RecordSummary[] = [];
  const add = (
    cause: number,
    kind: RecordSummary['kind'],
    actor: string,
    to: string | null,
    phase: RecordSummary['phase'],
    summary: string,
    change: Partial<RecordSummary> = {},
  ): number => {
    const id = first + list.length;
    const protocol =
      to === null
        ? null
        : to === ETCD || actor === ETCD
          ? 'grpc'
          : to === CRI || actor === CRI
            ? 'cri'
            : 'https';
    list.push({
      id,
      time: time + list.length * 3,
      cause,
      kind,
      actor,
      to,
      protocol,
      phase,
      summary,
      dropped: null,
      latency: to === null ? 0 : 0.5,
      ...change,
    });
    return id;
  };
  const pods = '/api/v1/namespaces/default/pods';
  const input = add(0, 'input', 'learner', null, null, `kubectl delete pod ${pod}`);
  const ask = add(input, 'message', KUBECTL, API, 'request', `DELETE ${pods}/${pod}`);
  const txn = add(ask, 'message', API, ETCD, 'request', `Txn /registry/pods/default/${pod}`);
  const done = add(txn, 'message', ETCD, API, 'response', 'OK, revision 1043');
  add(done, 'message', API, KUBECTL, 'response', '200 OK');
  const told = add(done, 'message', API, KCM, 'item', `DELETED pods default/${pod}`);
  const decided = add(
    told,
    'decision',
    KCM,
    null,
    null,
    'ReplicaSet default/web-7c5ddbdf54: scale-up, desired 3, observed 2',
  );
  const create = add(decided, 'message', KCM, API, 'request', `POST ${pods}`);
  const put = add(create, 'message', API, ETCD, 'request', 'Txn /registry/pods/default/web-7c5ddbdf54-n4w7p');
  const stored = add(put, 'message', ETCD, API, 'response', 'OK, revision 1044');
  add(stored, 'message', API, KCM, 'response', '201 Created');
  const seen = add(stored, 'message', API, SCHED, 'item', 'ADDED pods default/web-7c5ddbdf54-n4w7p');
  const bind = add(
    seen,
    'decision',
    SCHED,
    null,
    null,
    'pods default/web-7c5ddbdf54-n4w7p: bind to worker-1',
  );
  const binding = add(bind, 'message', SCHED, API, 'request', `POST ${pods}/web-7c5ddbdf54-n4w7p/binding`);
  const bound = add(binding, 'message', API, KUBELET, 'item', 'ADDED pods default/web-7c5ddbdf54-n4w7p');
  const run = add(bound, 'message', KUBELET, CRI, 'request', 'RunPodSandbox default/web-7c5ddbdf54-n4w7p');
  add(run, 'state', CRI, null, null, 'container worker-1/nginx: created → running');
  add(bound, 'message', KUBELET, API, 'request', `PATCH ${pods}/web-7c5ddbdf54-n4w7p/status`);
  add(bound, 'message', API, KUBELET, 'response', '409 Conflict');
  add(bound, 'message', API, 'worker-2/kubelet', 'item', 'MODIFIED nodes worker-2', { dropped: 'link-cut' });
  return list;
}

/** Test only: an election that cp-2 wins, as the causal log tells it. */
export function fakeElection(first: number, time: number): RecordSummary[] {
  const list: RecordSummary[] = [];
  const add = (
    actor: string,
    to: string | null,
    summary: string,
    change: Partial<RecordSummary> = {},
  ): void =>
    void list.push({
      id: first + list.length,
      time: time + list.length * 2,
      cause: list.length === 0 ? 0 : first + list.length - 1,
      kind: to === null ? 'state' : 'message',
      actor,
      to,
      protocol: to === null ? null : 'grpc',
      phase: to === null ? null : 'item',
      summary,
      dropped: null,
      latency: to === null ? 0 : 0.5,
      ...change,
    });
  for (const to of ['cp-1/etcd', 'cp-3/etcd'])
    add(
      'cp-2/etcd',
      to,
      'MsgPreVote term 4, last index 1861',
      to === 'cp-1/etcd' ? { dropped: 'link-cut' } : {},
    );
  add('cp-3/etcd', 'cp-2/etcd', 'MsgPreVoteResp term 4: yes');
  add('cp-2/etcd', null, 'raft cp-2/etcd: PreCandidate → Candidate');
  add('cp-2/etcd', 'cp-3/etcd', 'MsgVote term 4, last index 1861');
  add('cp-3/etcd', 'cp-2/etcd', 'MsgVoteResp term 4: yes');
  add('cp-2/etcd', null, 'raft cp-2/etcd: Candidate → Leader');
  add('cp-2/etcd', 'cp-3/etcd', 'MsgApp 1 entry after 1861');
  return list;
}

export function fakeDetail(
  all: readonly RecordSummary[],
  id: number,
  reveal: boolean,
): RecordDetail | undefined {
  const record = all.find((one) => one.id === id);
  if (record === undefined) return undefined;
  const causes: RecordSummary[] = [];
  for (let at = all.find((one) => one.id === record.cause); at !== undefined;) {
    causes.unshift(at);
    const { cause } = at;
    at = all.find((one) => one.id === cause);
  }
  const detail =
    record.phase === 'request' && record.to === API
      ? {
          status: 200,
          user: 'kubernetes-admin',
          authn: { user: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] },
          authz: 'allow: ClusterRoleBinding kubeadm:cluster-admins',
          admission: 'admitted (NamespaceLifecycle, ServiceAccount)',
        }
      : record.kind === 'decision'
        ? { desired: 3, observed: 2, action: 'scale-up' }
        : {};
  return {
    record,
    detail: JSON.stringify(detail),
    body:
      record.phase === 'request'
        ? 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-7c5ddbdf54-n4w7p\n  namespace: default\n  labels:\n    app: web\nspec:\n  containers:\n    - name: nginx\n      image: nginx\n      ports:\n        - containerPort: 80\n'
        : null,
    bodyTruncated: false,
    http: record.protocol === 'https' && record.phase === 'request' ? fakeHttp(record, reveal) : null,
    causes,
    consequences: all.filter((one) => one.cause === id),
  };
}

/** Test only: a request that admission refused, with a token that is hidden until asked for. */
function fakeHttp(record: RecordSummary, reveal: boolean): HttpExchangeView {
  const space = record.summary.indexOf(' ');
  return {
    request: {
      id: record.id,
      time: record.time,
      latency: 0.5,
      method: record.summary.slice(0, space),
      target: record.summary.slice(space + 1),
      headers: [
        { name: 'accept', value: 'application/json' },
        { name: 'authorization', value: `Bearer ${reveal ? 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln' : '••••••••'}` },
        { name: 'user-agent', value: 'kubectl/v1.34.9' },
      ],
      body: {
        text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - image: nginx\n      name: nginx\n',
        truncated: false,
        hidden: false,
      },
    },
    response: {
      id: record.id + 1,
      time: record.time + 3,
      latency: 0.5,
      status: '403 Forbidden',
      stream: false,
      headers: [{ name: 'content-type', value: 'application/json' }],
      body: {
        text: 'apiVersion: v1\ncode: 403\nkind: Status\nmessage: \'pods "web" is forbidden: exceeded quota\'\nreason: Forbidden\n',
        truncated: false,
        hidden: false,
      },
    },
    verdicts: {
      user: 'ana',
      groups: ['developers', 'system:authenticated'],
      impersonator: 'kubernetes-admin',
      authn: 'x509, impersonated by kubernetes-admin',
      flowControl: 'global-default (global-default)',
      authz: 'RBAC: allowed by RoleBinding "editors/default" of ClusterRole "edit" to Group "developers"',
      admission: ['ServiceAccount: changed', 'DefaultTolerationSeconds: changed', 'ResourceQuota: refused'],
      validation: null,
      storage: null,
      more: [],
    },
  };
}
