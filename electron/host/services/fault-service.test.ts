import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../cluster/interface.ts';
import type { FaultVerb } from '../../shared/contract/diagram.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import { applyFault } from './fault-service.ts';

/** A cluster that notes what is asked of it; what is called `refused` it refuses. */
function setUp(): { asked: string[]; apply: (verb: FaultVerb) => string } {
  const asked: string[] = [];
  const known = {
    machines: ['cp-1', 'cp-2', 'refused'].map((name) => ({ spec: { name } })),
    machineFaults: new Proxy(
      {},
      {
        get:
          (_target, name) =>
          (...args: unknown[]): void => {
            if (args[0] === 'refused') throw new Error('the disk of refused is 97 % full already');
            asked.push(`${String(name)} ${JSON.stringify(args)}`);
          },
      },
    ),
    components: () => [{ actor: 'cp-1/etcd', machine: 'cp-1', name: 'etcd' }],
  };
  const cluster = new Proxy(known, {
    get: (target, name) =>
      name in target
        ? target[name as keyof typeof target]
        : (...args: unknown[]): void => {
            if (args[0] === 'refused') throw new Error('etcd does not run there');
            asked.push(`${String(name)} ${JSON.stringify(args)}`);
          },
  }) as unknown as Cluster;
  const apply = (verb: FaultVerb): string => {
    try {
      applyFault(cluster, verb);
    } catch (error) {
      if (error instanceof RpcError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'done';
  };
  return { asked, apply };
}

describe('applyFault', () => {
  it.each<[FaultVerb, string]>([
    [{ verb: 'stop', component: 'cp-1/etcd' }, 'stopComponent ["cp-1","etcd"]'],
    [{ verb: 'start', component: 'cp-1/etcd' }, 'startComponent ["cp-1","etcd"]'],
    [{ verb: 'kill', component: 'cp-1/etcd' }, 'killComponent ["cp-1","etcd"]'],
    [{ verb: 'power-off', machine: 'cp-1' }, 'powerOff ["cp-1"]'],
    [{ verb: 'power-on', machine: 'cp-1' }, 'powerOn ["cp-1"]'],
    [{ verb: 'disk-fill', machine: 'cp-1', percent: 95 }, 'fillDisk ["cp-1",95]'],
    [{ verb: 'disk-free', machine: 'cp-1' }, 'freeDisk ["cp-1"]'],
    [{ verb: 'clock', machine: 'cp-1', ms: -5000 }, 'setClock ["cp-1",-5000]'],
    [{ verb: 'socket-remove', machine: 'cp-1' }, 'removeSocket ["cp-1"]'],
    [{ verb: 'unit-stop', machine: 'cp-1', unit: 'kubelet' }, 'stopUnit ["cp-1","kubelet"]'],
    [{ verb: 'unit-start', machine: 'cp-1', unit: 'kubelet' }, 'startUnit ["cp-1","kubelet"]'],
    [{ verb: 'cut', from: 'cp-1', to: '*' }, 'cutLink ["cp-1","*"]'],
    [{ verb: 'heal', from: 'cp-1', to: 'cp-2' }, 'healLink ["cp-1","cp-2"]'],
    [{ verb: 'delay', from: 'cp-1', to: 'cp-2', ms: 200 }, 'delayLink ["cp-1","cp-2",200]'],
    [{ verb: 'etcd-fsync', machine: 'cp-1', ms: 500 }, 'setEtcdFaults ["cp-1",{"fsync":500}]'],
    [{ verb: 'etcd-disk', machine: 'cp-1', full: true }, 'setEtcdFaults ["cp-1",{"diskFull":true}]'],
    [{ verb: 'etcd-corrupt', machine: 'cp-1' }, 'corruptEtcdMember ["cp-1"]'],
    [{ verb: 'etcd-defragment', machine: 'cp-1' }, 'defragmentEtcdMember ["cp-1"]'],
    [{ verb: 'etcd-snapshot', machine: 'cp-1' }, 'snapshotEtcdMember ["cp-1"]'],
    [{ verb: 'etcd-move-leader', machine: 'cp-1' }, 'moveEtcdLeader ["cp-1"]'],
  ])('%j', (verb, expected) => {
    const { asked, apply } = setUp();
    expect(apply(verb)).toBe('done');
    expect(asked).toEqual([expected]);
  });

  it('says what is not there, and passes on why the cluster refuses', () => {
    const { asked, apply } = setUp();
    expect(apply({ verb: 'stop', component: 'cp-9/etcd' })).toBe('NotFound: there is no component cp-9/etcd');
    expect(apply({ verb: 'delay', from: 'cp-1', to: 'cp-9', ms: 1 })).toBe(
      'NotFound: there is no machine cp-9',
    );
    expect(apply({ verb: 'etcd-corrupt', machine: 'cp-9' })).toBe('NotFound: there is no machine cp-9');
    expect(apply({ verb: 'etcd-defragment', machine: 'refused' })).toBe('Refused: etcd does not run there');
    expect(apply({ verb: 'disk-fill', machine: 'refused', percent: 90 })).toBe(
      'Refused: the disk of refused is 97 % full already',
    );
    expect(asked).toEqual([]);
  });
});
