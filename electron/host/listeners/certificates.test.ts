import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CertificateAuthority } from './certificates.ts';
import type { CertificateStore } from './interface.ts';

function memoryStore(): CertificateStore & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return { texts, load: (name) => texts.get(name), save: (name, pem) => void texts.set(name, pem) };
}

const MACHINES = [{ name: 'cp-1', ip: '10.0.0.11' }];

describe('the authority of a workspace', () => {
  it('signs what OpenSSL reads and accepts', () => {
    const authority = CertificateAuthority.open(memoryStore());
    const ca = new X509Certificate(authority.pem);
    expect([ca.subject, ca.ca, ca.verify(ca.publicKey)]).toEqual(['CN=kubernetes', true, true]);
    expect([ca.validFrom, ca.validTo]).toEqual(['Jan  1 00:00:00 2000 GMT', 'Jan  1 00:00:00 2120 GMT']);
    const pair = authority.server(MACHINES);
    const server = new X509Certificate(pair.certificate);
    expect([server.checkIssued(ca), server.verify(ca.publicKey), server.ca]).toEqual([true, true, false]);
    expect(server.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
    expect(server.subject).toBe('CN=kube-apiserver');
    expect(server.subjectAltName).toBe(
      'DNS:cp-1, DNS:kubernetes, DNS:kubernetes.default, DNS:kubernetes.default.svc, ' +
        'DNS:kubernetes.default.svc.cluster.local, DNS:localhost, IP Address:10.96.0.1, IP Address:10.0.0.11, ' +
        'IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    const client = new X509Certificate(
      authority.client('jane', 'jane@é', ['system:masters', 'a']).certificate,
    );
    expect(client.subject).toBe('O=system:masters\nO=a\nCN=jane@é');
    expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    const foreign = CertificateAuthority.open(memoryStore()).client('jane', 'jane', []);
    expect(new X509Certificate(foreign.certificate).verify(ca.publicKey)).toBe(false);
  });

  it('is the same when it is opened again, and what it made too, but for other names', () => {
    const store = memoryStore();
    const first = CertificateAuthority.open(store, 'etcd-ca');
    const member = first.member('server', 'cp-1', ['cp-1', 'localhost'], ['10.0.0.11', '2001:db8::ff00:1']);
    expect(new X509Certificate(member.certificate).subjectAltName).toBe(
      'DNS:cp-1, DNS:localhost, IP Address:10.0.0.11, IP Address:2001:DB8:0:0:0:0:FF00:1',
    );
    const again = CertificateAuthority.open(store, 'etcd-ca');
    expect(again.pem).toBe(first.pem);
    expect(again.member('server', 'cp-1', ['cp-1', 'localhost'], ['10.0.0.11', '2001:db8::ff00:1'])).toEqual(
      member,
    );
    const other = again.member('server', 'cp-1', ['cp-1'], ['10.0.0.11']);
    expect(other.certificate).not.toBe(member.certificate);
    const [certificate, ca] = [new X509Certificate(other.certificate), new X509Certificate(again.pem)];
    expect([certificate.verify(ca.publicKey), certificate.issuer]).toEqual([true, 'CN=etcd-ca']);
    expect(createPublicKey(other.key).equals(certificate.publicKey)).toBe(true);
    store.save('ca.crt', 'nonsense');
    expect(() => CertificateAuthority.open(store)).toThrow('no certificate in the PEM text');
  });
});
