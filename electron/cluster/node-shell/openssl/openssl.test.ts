import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { Simulation } from '../../../base/simulation.ts';
import { volatileStore } from '../../machine/local-state.ts';
import { SimulatedMachine } from '../../machine/machine.ts';
import { SimulatedNetwork } from '../../network/network.ts';
import type { TopologyMachine } from '../../topology/interface.ts';
import { buildTopology } from '../../topology/topologies.ts';
import { execOnMachine } from '../exec-on-machine.ts';

/** Certificates of a workspace; what is expected of them was said by OpenSSL 3.0. */
const SERVER = `-----BEGIN CERTIFICATE-----
MIIBvDCCAWOgAwIBAgIQcsoGzKDVBhAcG4herykd0zAKBggqhkjOPQQDAjASMRAw
DgYDVQQDEwdldGNkLWNhMCAXDTAwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAw
WjAPMQ0wCwYDVQQDEwRjcC0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEu/zq
w98zJ23uonuEDVTErHe/ys3YW+0ZkaT19waOLFF0XHDKD2ckWGD8Mx3eiPnUkohR
oHQNCWEX/Qwyt5LsL6OBmzCBmDAOBgNVHQ8BAf8EBAMCBaAwHQYDVR0lBBYwFAYI
KwYBBQUHAwEGCCsGAQUFBwMCMAwGA1UdEwEB/wQCMAAwHwYDVR0jBBgwFoAUx5lD
yg8mwxIGdxxMRTh9b6bdCvUwOAYDVR0RBDEwL4IEY3AtMYIJbG9jYWxob3N0hwQK
AAAKhwR/AAABhxAAAAAAAAAAAAAAAAAAAAABMAoGCCqGSM49BAMCA0cAMEQCIECQ
RDN3wpJT9PRt3/J18Ekl+5k0iO5HTcwaVpS2B5TMAiBlMHKEYgRQZ+4u4Zbx9IPi
Z++6GilTW0JkWnEqGARErg==
-----END CERTIFICATE-----
`;
const ETCD_CA = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQygAwIBAgIQewDVMeXANGAiodmmQhunmDAKBggqhkjOPQQDAjASMRAw
DgYDVQQDEwdldGNkLWNhMCAXDTAwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAw
WjASMRAwDgYDVQQDEwdldGNkLWNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
hyraszX1++Xx5Z/Fo22P2xsoshz/l25dWaXdax5q9o4CFwWV0WzMXLdVssLLblq8
OJx44GzScELOJ01FFgFN1qNCMEAwDgYDVR0PAQH/BAQDAgKkMA8GA1UdEwEB/wQF
MAMBAf8wHQYDVR0OBBYEFMeZQ8oPJsMSBnccTEU4fW+m3Qr1MAoGCCqGSM49BAMC
A0kAMEYCIQDTYIorvlom9+6D1wyX6z1ueX+RgKYWX6TLHWkdgbiKTgIhAKlKAej6
jpoCibyOGKXZ6lSIHeoRErn4Zd+rC00O9uc9
-----END CERTIFICATE-----
`;
const ADMIN = `-----BEGIN CERTIFICATE-----
MIIBwTCCAWagAwIBAgIQTzp8H5fRTHPc2ZF/hvahajAKBggqhkjOPQQDAjAVMRMw
EQYDVQQDEwprdWJlcm5ldGVzMCAXDTAwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAw
MDAwWjBVMR8wHQYDVQQKExZrdWJlYWRtOmNsdXN0ZXItYWRtaW5zMRcwFQYDVQQK
Ew5zeXN0ZW06bWFzdGVyczEZMBcGA1UEAxMQa3ViZXJuZXRlcy1hZG1pbjBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABHuDqFGq7NEG7Y0Jk2ClhE/UzmkJqWXHfQms
tAz13BNAh2oQC6TWtOAsasSVaF2wvnU7hBLOR7R4BgkexsFXQvajVjBUMA4GA1Ud
DwEB/wQEAwIFoDATBgNVHSUEDDAKBggrBgEFBQcDAjAMBgNVHRMBAf8EAjAAMB8G
A1UdIwQYMBaAFN/dfkQ/3jT4HiFQohQS1eMLXYS9MAoGCCqGSM49BAMCA0kAMEYC
IQC5T2fheULrU6fpIku71CJlEP5j6O00QTe7TeKQ3cmaZgIhAI/M4T1aRiyOlL58
ucLm9n7y0LEi7s+rrHp5aMNLjhre
-----END CERTIFICATE-----
`;

let simulation: Simulation;
let machine: SimulatedMachine;

beforeEach(() => {
  simulation = newTestSimulation();
  const [spec] = buildTopology('kubeadm-1-2').machines as [TopologyMachine];
  machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
  machine.files.write('/root/server.crt', SERVER);
  machine.files.write('/root/ca.crt', ETCD_CA);
  machine.files.write('/root/admin.crt', ADMIN);
  machine.files.write('/root/note', 'hi\n');
});

async function run(
  line: string,
  stdin = '',
): Promise<{ out: string; err: string; code: number | undefined }> {
  const result = { out: '', err: '', code: undefined as number | undefined };
  const io = {
    stdout: (text: string): void => void (result.out += text),
    stderr: (text: string): void => void (result.err += text),
    stdin,
  };
  const { done } = execOnMachine(machine, line.split(' '), io, () => undefined);
  void done.then((code) => (result.code = code));
  await simulation.runUntil(simulation.now + 1_000);
  return result;
}

describe('openssl x509', () => {
  it('writes a certificate out', async () => {
    expect(await run('openssl x509 -in server.crt -noout -text')).toEqual({
      out: `Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:
            72:ca:06:cc:a0:d5:06:10:1c:1b:88:5e:af:29:1d:d3
        Signature Algorithm: ecdsa-with-SHA256
        Issuer: CN = etcd-ca
        Validity
            Not Before: Jan  1 00:00:00 2000 GMT
            Not After : Jan  1 00:00:00 2120 GMT
        Subject: CN = cp-1
        Subject Public Key Info:
            Public Key Algorithm: id-ecPublicKey
                Public-Key: (256 bit)
                pub:
                    04:bb:fc:ea:c3:df:33:27:6d:ee:a2:7b:84:0d:54:
                    c4:ac:77:bf:ca:cd:d8:5b:ed:19:91:a4:f5:f7:06:
                    8e:2c:51:74:5c:70:ca:0f:67:24:58:60:fc:33:1d:
                    de:88:f9:d4:92:88:51:a0:74:0d:09:61:17:fd:0c:
                    32:b7:92:ec:2f
                ASN1 OID: prime256v1
                NIST CURVE: P-256
        X509v3 extensions:
            X509v3 Key Usage: critical
                Digital Signature, Key Encipherment
            X509v3 Extended Key Usage: 
                TLS Web Server Authentication, TLS Web Client Authentication
            X509v3 Basic Constraints: critical
                CA:FALSE
            X509v3 Authority Key Identifier: 
                C7:99:43:CA:0F:26:C3:12:06:77:1C:4C:45:38:7D:6F:A6:DD:0A:F5
            X509v3 Subject Alternative Name: 
                DNS:cp-1, DNS:localhost, IP Address:10.0.0.10, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1
    Signature Algorithm: ecdsa-with-SHA256
    Signature Value:
        30:44:02:20:40:90:44:33:77:c2:92:53:f4:f4:6d:df:f2:75:
        f0:49:25:fb:99:34:88:ee:47:4d:cc:1a:56:94:b6:07:94:cc:
        02:20:65:30:72:84:62:04:50:67:ee:2e:e1:96:f1:f4:83:e2:
        67:ef:ba:1a:29:53:5b:42:64:5a:71:2a:18:04:44:ae
`,
      err: '',
      code: 0,
    });
    expect((await run('openssl x509 -noout -text', ETCD_CA)).out).toBe(`Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:
            7b:00:d5:31:e5:c0:34:60:22:a1:d9:a6:42:1b:a7:98
        Signature Algorithm: ecdsa-with-SHA256
        Issuer: CN = etcd-ca
        Validity
            Not Before: Jan  1 00:00:00 2000 GMT
            Not After : Jan  1 00:00:00 2120 GMT
        Subject: CN = etcd-ca
        Subject Public Key Info:
            Public Key Algorithm: id-ecPublicKey
                Public-Key: (256 bit)
                pub:
                    04:87:2a:da:b3:35:f5:fb:e5:f1:e5:9f:c5:a3:6d:
                    8f:db:1b:28:b2:1c:ff:97:6e:5d:59:a5:dd:6b:1e:
                    6a:f6:8e:02:17:05:95:d1:6c:cc:5c:b7:55:b2:c2:
                    cb:6e:5a:bc:38:9c:78:e0:6c:d2:70:42:ce:27:4d:
                    45:16:01:4d:d6
                ASN1 OID: prime256v1
                NIST CURVE: P-256
        X509v3 extensions:
            X509v3 Key Usage: critical
                Digital Signature, Key Encipherment, Certificate Sign
            X509v3 Basic Constraints: critical
                CA:TRUE
            X509v3 Subject Key Identifier: 
                C7:99:43:CA:0F:26:C3:12:06:77:1C:4C:45:38:7D:6F:A6:DD:0A:F5
    Signature Algorithm: ecdsa-with-SHA256
    Signature Value:
        30:46:02:21:00:d3:60:8a:2b:be:5a:26:f7:ee:83:d7:0c:97:
        eb:3d:6e:79:7f:91:80:a6:16:5f:a4:cb:1d:69:1d:81:b8:8a:
        4e:02:21:00:a9:4a:01:e8:fa:8e:9a:02:89:bc:8e:18:a5:d9:
        ea:54:88:1d:ea:11:12:b9:f8:65:df:ab:0b:4d:0e:f6:e7:3d
`);
    expect((await run('openssl x509 -in server.crt')).out).toBe(SERVER);
  });

  it('tells single things, in the order in which they are asked for', async () => {
    expect(
      (await run('openssl x509 -in admin.crt -noout -subject -issuer -dates -serial -fingerprint -sha256'))
        .out,
    ).toBe(`subject=O = kubeadm:cluster-admins, O = system:masters, CN = kubernetes-admin
issuer=CN = kubernetes
notBefore=Jan  1 00:00:00 2000 GMT
notAfter=Jan  1 00:00:00 2120 GMT
serial=4F3A7C1F97D14C73DCD9917F86F6A16A
sha256 Fingerprint=F7:4D:79:AF:83:9A:A5:D1:94:77:E1:0E:80:A3:D0:F9:24:5F:B8:60:17:14:89:4F:EB:6E:B9:12:EA:45:39:6E
`);
    expect((await run('openssl x509 -in admin.crt -noout -fingerprint')).out).toBe(
      `SHA1 Fingerprint=E5:E8:8C:D9:EF:74:5F:5A:E3:ED:D9:56:9B:F4:DD:1C:AA:11:14:F9
`,
    );
    expect((await run('openssl x509 -in admin.crt -noout -pubkey')).out).toBe(`-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEe4OoUars0QbtjQmTYKWET9TOaQmp
Zcd9Cay0DPXcE0CHahALpNa04CxqxJVoXbC+dTuEEs5HtHgGCR7GwVdC9g==
-----END PUBLIC KEY-----
`);
    expect((await run('openssl x509 -in server.crt -noout -ext subjectAltName,keyUsage')).out).toBe(
      `X509v3 Key Usage: critical
    Digital Signature, Key Encipherment
X509v3 Subject Alternative Name: 
    DNS:cp-1, DNS:localhost, IP Address:10.0.0.10, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1
`,
    );
    expect(await run('openssl x509 -in server.crt -noout -checkend 100')).toEqual({
      out: 'Certificate will not expire\n',
      err: '',
      code: 0,
    });
    expect(await run('openssl x509 -in server.crt -noout -checkend 9999999999')).toEqual({
      out: 'Certificate will expire\n',
      err: '',
      code: 1,
    });
  });

  it('says what it cannot read', async () => {
    expect(await run('openssl x509 -in note -noout')).toEqual({
      out: '',
      err: 'Could not read certificate from note\nUnable to load certificate\n',
      code: 1,
    });
    expect((await run('openssl x509 -in /nope')).err).toContain(
      'Could not open file or uri for loading certificate from /nope\n',
    );
    expect((await run('openssl foo')).err).toBe('Invalid command \'foo\'; type "help" for a list.\n');
    expect((await run('openssl s_client -connect 10.0.0.10:6443')).err).toContain('is not modelled here');
  });
});

describe('openssl verify', () => {
  it('trusts what the authority signed, as long as it is good', async () => {
    expect(await run('openssl verify -CAfile ca.crt server.crt')).toEqual({
      out: 'server.crt: OK\n',
      err: '',
      code: 0,
    });
    expect(await run('openssl verify -CAfile ca.crt admin.crt')).toEqual({
      out: '',
      err: `O = kubeadm:cluster-admins, O = system:masters, CN = kubernetes-admin
error 20 at 0 depth lookup: unable to get local issuer certificate
error admin.crt: verification failed
`,
      code: 2,
    });
    expect((await run('openssl verify ca.crt')).err).toBe(
      'CN = etcd-ca\nerror 18 at 0 depth lookup: self-signed certificate\nerror ca.crt: verification failed\n',
    );
    machine.setClock(Date.UTC(2121, 0, 1));
    expect((await run('openssl verify -CAfile ca.crt server.crt')).err).toContain(
      'error 10 at 0 depth lookup: certificate has expired\n',
    );
  });
});
