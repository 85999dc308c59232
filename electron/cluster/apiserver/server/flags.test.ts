import { describe, expect, it } from 'vitest';
import { parseApiServerFlags } from './flags.ts';

const parse = (...flags: string[]) => parseApiServerFlags(['kube-apiserver', ...flags], '10.0.0.10');

describe('parseApiServerFlags', () => {
  it('reads what takes effect and leaves the rest alone', () => {
    expect(parse('--etcd-servers=https://10.0.0.11:2379,https://10.0.0.12:2379', '--tls-cert-file=/x', '--event-ttl=2h30m', '--service-account-key-file=/a.pub', '--service-account-key-file=/b.pub')).toEqual({
      etcdServers: [{ host: '10.0.0.11', port: 2379 }, { host: '10.0.0.12', port: 2379 }],
      securePort: 6443,
      serviceClusterIpRange: '10.96.0.0/16',
      advertiseAddress: '10.0.0.10',
      anonymousAuth: true,
      bootstrapTokenAuth: false,
      etcdCompactionInterval: 300,
      eventTtl: 9000,
      enabledAdmissionPlugins: [],
      disabledAdmissionPlugins: [],
      storageMediaType: 'application/vnd.kubernetes.protobuf',
      serviceAccountIssuer: 'https://kubernetes.default.svc.cluster.local',
      serviceAccountSigningKeyFile: '',
      serviceAccountKeyFiles: ['/a.pub', '/b.pub'],
      priorityAndFairness: true,
      maxRequestsInFlight: 600,
      requestTimeout: 60,
      auditPolicyFile: '',
      auditLogPath: '',
      auditLogMaxSize: 0,
      auditLogMaxBackup: 0,
    }); // prettier-ignore
  });

  it('says what is wrong', () => {
    expect(parse()).toBe('--etcd-servers must be specified');
    expect(parse('--etcd-servers=::')).toBe('invalid argument "::" for "--etcd-servers" flag');
    expect(parse('--etcd-servers=a', '--secure-port=0')).toContain('must be between 1 and 65535');
    expect(parse('--etcd-servers=a', '--storage-media-type=text/plain')).toBe(
      '--storage-media-type "text/plain" invalid, allowed values: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
    expect(parse('--etcd-servers=a', '--max-requests-inflight=-1')).toBe(
      '--max-requests-inflight can not be negative value',
    );
    expect(parse('--etcd-servers=a', '--max-mutating-requests-inflight=many')).toBe(
      'invalid argument "many" for "--max-mutating-requests-inflight" flag: strconv.ParseInt: parsing "many": invalid syntax',
    );
    expect(parse('start')).toBe('unknown command "start" for "kube-apiserver"');
  });
});
