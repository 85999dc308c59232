import type { RecordSummary } from '../../electron/shared/contract/records.ts';
import { mountApp } from '../mount.ts';
import { FakeHost } from './fake-host.ts';
import { POD_KEY, fakeEtcd, fakeKeys, fakeLog } from './fake-etcd.ts';
import { finishedLab } from './fake-lab.ts';
import { fakeChain, fakeElection } from './fake-records.ts';
import { fakeComponents, fakeMachines, fakePods, manyPods, picture } from './fake-world.ts';

/** Test only: the app on a fake host inside the page. `?scene=…` chooses what it shows; see `scenes`. */
const query = new URLSearchParams(location.search);
const host = new FakeHost();
host.greeting = [
  '\x1b]133;A\x07\x1b[32mlearner@console\x1b[0m:\x1b[34m~\x1b[0m$ kubectl get pods -o wide\r\n',
  'NAME                   READY   STATUS              RESTARTS   AGE   IP           NODE\r\n',
  'web-7c5ddbdf54-bb7nd   0/1     ContainerCreating   0          1s    <none>       worker-1\r\n',
  'web-7c5ddbdf54-q8mzt   1/1     Running             0          42s   10.244.2.4   worker-2\r\n',
  'web-7c5ddbdf54-x2x9k   1/1     Running             0          42s   10.244.1.6   worker-1\r\n',
  '\x1b]133;A\x07\x1b[32mlearner@console\x1b[0m:\x1b[34m~\x1b[0m$ ',
].join('');
host.settings = {
  ...host.settings,
  locale: (query.get('locale') ?? 'system') as 'system',
  theme: (query.get('theme') ?? 'system') as 'system',
};
localStorage.setItem('leme.settings', JSON.stringify(host.settings));

const chain = (): RecordSummary[] =>
  fakeChain((host.sent.at(-1)?.id ?? 4000) + 1, host.time.value.now, 'web-7c5ddbdf54-k2v8d');

const scenes: Record<string, () => void> = {
  running: () => undefined,
  noLab: () => host.lab.set({ state: null }),
  preparing: () => host.lab.set({ state: { ...finishedLab(), phase: 'preparing' } }),
  finished: () => host.lab.set({ state: finishedLab() }),
  starting: () => {
    host.session.set({ ...host.session.value, phase: 'starting' });
    host.diagram.value.components.splice(5, 4);
  },
  failed: () =>
    host.session.set({
      ...host.session.value,
      phase: 'failed',
      failure: { code: 'host.failed', params: { message: 'SQLITE_CANTOPEN: unable to open database file' } },
    }),
  busy: () =>
    host.session.set({
      ...host.session.value,
      phase: 'failed',
      failure: { code: 'workspace.busy', params: { workspace: host.session.value.workspace } },
    }),
  notices: () =>
    host.session.set({
      ...host.session.value,
      notices: [
        {
          id: 'n1',
          code: 'workspace.corrupt',
          severity: 'warning',
          params: { movedTo: 'default.leme.damaged-1' },
        },
        { id: 'n2', code: 'port.busy', severity: 'info', params: { wanted: 6443, used: 6444 } },
      ],
    }),
  broken: () => {
    const item = host.diagram.value;
    item.components = item.components.map((one) =>
      one.name === 'kube-controller-manager' ? { ...one, health: 'stopped' } : one,
    );
    item.machines = item.machines.map((one) =>
      one.name === 'worker-2' ? { ...one, powered: false, ready: 'Unknown' } : one,
    );
    item.cuts = [{ from: 'cp-1', to: 'worker-1' }];
  },
  /** A machine with everything wrong with it, and one with a full disk. */
  faults: () => {
    const item = host.diagram.value;
    const wrong = { diskUsed: 100, diskFilled: true };
    const worse = {
      diskUsed: 96,
      diskFilled: true,
      clockSkew: 3_600_000,
      missingSocket: '/run/containerd/containerd.sock',
      activeUnits: ['containerd'],
      stoppedUnits: ['kubelet'],
    };
    item.machines = item.machines.map((one) =>
      one.name === 'worker-1' ? { ...one, ...wrong } : one.name === 'worker-2' ? { ...one, ...worse } : one,
    );
    item.components = item.components.map((one) =>
      one.id === 'worker-2/kubelet' ? { ...one, health: 'stopped' } : one,
    );
  },
  zones: () => {
    const machines = fakeMachines(3, true).map((one) =>
      one.role === 'control-plane' ? { ...one, isNode: false, ready: null } : one,
    );
    host.diagram.value = picture(
      machines,
      fakeComponents(machines).filter((one) => one.machine !== 'cp-1' || one.runsAs === 'static-pod'),
      fakePods(),
    );
  },
  /** Three members of etcd; `?events=10000` for as many keys. */
  members: () => {
    const machines = fakeMachines(2, false, 3);
    host.diagram.value = picture(machines, fakeComponents(machines), fakePods());
    host.etcd.value = fakeEtcd(3);
    host.etcdKeys.value.keys = fakeKeys(Number(query.get('events') ?? '0'));
  },
  memberDown: () => {
    scenes['members']?.();
    const [leader, second, third] = host.etcd.value.members;
    if (leader === undefined || second === undefined || third === undefined) return;
    leader.store?.alarms.push({ member: second.id ?? '', type: 'NOSPACE' });
    host.etcd.value.members[2] = { ...third, running: false, id: null, raft: null, store: null, peers: [] };
    host.diagram.value.components = host.diagram.value.components.map((one) =>
      one.id === 'cp-3/etcd' ? { ...one, health: 'stopped' } : one,
    );
    host.diagram.value.cuts = [
      { from: 'cp-1', to: 'cp-2' },
      { from: 'cp-2', to: 'cp-1' },
    ];
  },
  noLeader: () => {
    scenes['members']?.();
    host.etcd.value.members = host.etcd.value.members.map((member, index) => ({
      ...member,
      raft: member.raft && {
        ...member.raft,
        role: index === 1 ? 'candidate' : 'follower',
        term: index === 1 ? 5 : 4,
        lead: null,
        vote: index === 1 ? member.id : null,
        progress: [],
      },
    }));
  },
  /** `?nodes=300` for as many nodes in a decision of the scheduler. */
  scheduler: () => {
    host.nodes = Number(query.get('nodes') ?? '4');
  },
  noKeys: () => {
    host.etcdKeys.value.keys = [];
  },
  many: () => {
    const machines = fakeMachines(100, true);
    host.diagram.value = picture(machines, fakeComponents(machines), [...fakePods(), ...manyPods(3000, 100)]);
  },
};
scenes[query.get('scene') ?? 'running']?.();

mountApp(
  query.get('scene') === 'denied' ? () => Promise.reject(new Error('no connection (1006)')) : host.open,
);

declare global {
  interface Window {
    /** For scripts that drive this page. */
    fake: {
      host: FakeHost;
      chain(): void;
      flood(count: number): void;
      put(): void;
      append(): void;
      election(): void;
    };
  }
}
window.fake = {
  host,
  chain: () => host.emit(chain()),
  /** One Pod is written again. */
  put: () => {
    const { keys } = host.etcdKeys.value;
    const at = keys.findIndex(({ key }) => key === POD_KEY);
    const row = keys[at];
    if (row === undefined) return;
    const next = { ...row, modRevision: (host.etcdKeys.value.revision += 1), version: row.version + 1 };
    keys[at] = next;
    host.etcdKeys.send({ ...host.etcdKeys.value, reset: false, keys: [next], removed: [] });
  },
  /** The leader writes one entry that the others do not have yet. */
  append: () => {
    const [leader] = host.etcd.value.members;
    if (leader === undefined || leader.raft === null) return;
    leader.raft.lastIndex += 1;
    const entries = fakeLog(leader.raft.lastIndex).slice(-1);
    host.etcd.send({
      reset: false,
      members: [{ ...leader, raft: { ...leader.raft } }],
      logs: [{ machine: leader.machine, from: leader.raft.lastIndex, entries }],
    });
  },
  election: () => host.emit(fakeElection((host.sent.at(-1)?.id ?? 4000) + 1, host.time.value.now)),
  flood: (count) =>
    host.emit(
      chain().map((record) => ({ ...record, id: record.id + count })),
      [
        {
          from: 'worker-1/kubelet',
          to: 'cp-1/kube-apiserver',
          protocol: 'https',
          count,
          last: host.sent[0]?.id ?? 0,
        },
        {
          from: 'cp-1/kube-apiserver',
          to: 'cp-1/etcd',
          protocol: 'grpc',
          count: count * 2,
          last: host.sent[0]?.id ?? 0,
        },
      ],
    ),
};
