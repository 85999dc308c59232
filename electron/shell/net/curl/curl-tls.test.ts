import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { createServer as createHttp, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { testShell, type TestShell } from '../../shell.testing.ts';

type Keys = Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[0]['keys'];
type Provider = NonNullable<Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[1]>;
x509.cryptoProvider.set(webcrypto as unknown as Provider & string);
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

interface Pair {
  readonly cert: string;
  readonly key: string;
}

async function pem(keys: Keys): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as unknown as webcrypto.CryptoKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}

const newKeys = async (): Promise<Keys> =>
  (await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])) as unknown as Keys;
const span = { notBefore: new Date('2000-01-01'), notAfter: new Date('2120-01-01') };

let ca: string;
let signed: Pair;
let selfSigned: Pair;
/** The host: `CONNECT` to 10.0.0.10 leads to the signed server, to 10.0.0.11 to the other. */
let host: Server;
const servers: Server[] = [];
const asked: IncomingHttpHeaders[] = [];
const tunnels = new Set<Socket>();
let test: TestShell;

beforeAll(async () => {
  const names = new x509.SubjectAlternativeNameExtension([
    { type: 'ip', value: '10.0.0.10' },
    { type: 'dns', value: 'kubernetes' },
  ]);
  const caKeys = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...span, name: 'CN=kubernetes', keys: caKeys, signingAlgorithm: EC, serialNumber: '01',
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  }); // prettier-ignore
  ca = authority.toString('pem');
  const keys = await newKeys();
  const leaf = await x509.X509CertificateGenerator.create({
    ...span, subject: 'CN=kube-apiserver', issuer: authority.subject, publicKey: keys.publicKey,
    signingKey: caKeys.privateKey, signingAlgorithm: EC, serialNumber: '02', extensions: [names],
  }); // prettier-ignore
  signed = { cert: leaf.toString('pem'), key: await pem(keys) };
  const own = await newKeys();
  const alone = await x509.X509CertificateGenerator.createSelfSigned({
    ...span, name: 'CN=alone', keys: own, signingAlgorithm: EC, serialNumber: '03', extensions: [names],
  }); // prettier-ignore
  selfSigned = { cert: alone.toString('pem'), key: await pem(own) };
  const ports = await Promise.all(
    [signed, selfSigned].map(async (pair) => {
      const server = createHttps(pair, (request, response) => {
        if (request.url === '/slow') return;
        response.writeHead(200, { 'X-Path': request.url ?? '' }).end('ok\n');
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    }),
  );
  host = createHttp((_request, response) => response.end('[]'));
  host.on('connect', (request, socket: Socket) => {
    asked.push({ ...request.headers, path: request.url });
    tunnels.add(socket);
    const [, address = ''] = /^(.*):\d+$/.exec(request.url ?? '') ?? [];
    const port = { '10.0.0.10': ports[0], '10.0.0.11': ports[1], 'cp-1': ports[0] }[address];
    if (address === '10.0.0.13') return;
    if (port !== undefined) {
      socket.write('HTTP/1.1 200 Connection established\r\nleme-address: 10.0.0.10\r\n\r\n');
      const inner = connect(port, '127.0.0.1');
      socket.pipe(inner).pipe(socket);
      socket.on('error', () => inner.destroy());
      return;
    }
    const [code, elapsed] =
      address === '10.0.0.12'
        ? ['ETIMEDOUT', 131_000]
        : address === '10.0.0.14'
          ? ['ECONNREFUSED', 0]
          : ['ENOTFOUND', 0];
    socket.end(
      `HTTP/1.1 502 Bad Gateway\r\nleme-error: ${code}\r\nleme-elapsed: ${elapsed}\r\ncontent-length: 0\r\n\r\n`,
    );
  });
  servers.push(host);
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  for (const socket of tunnels) socket.destroy();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

beforeEach(async () => {
  asked.length = 0;
  const url = `http://127.0.0.1:${String((host.address() as AddressInfo).port)}`;
  test = await testShell({ env: { LEME_MACHINES_URL: url, LEME_MACHINES_TOKEN: 'secret' } });
  const home = test.shell.state.cwd;
  for (const [name, text] of Object.entries({
    'ca.crt': ca,
    'own.crt': selfSigned.cert,
    'own.key': selfSigned.key,
    'other.key': signed.key,
    text: 'no PEM\n',
  }))
    // prettier-ignore
    writeFileSync(join(test.root, home, name), text);
});

afterEach(() => test.dispose());

/** What a command line writes to stderr, and its exit codes. Times are N. */
async function errors(script: string): Promise<string> {
  await test.start(script).done;
  return test.stderr.text.replace(/after \d+ (ms|milliseconds)/g, 'after N $1');
}

const MORE = `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
`;

it("reaches machines' addresses through the host, in the name of curl", async () => {
  await test.start(
    "curl -s --cacert ca.crt https://10.0.0.10:6443/livez; curl -s -k https://cp-1:6443/ -w '%{http_code} %{remote_ip} %{remote_port} %{scheme}\\n'",
  ).done;
  expect(test.stdout.text).toBe('ok\nok\n200 10.0.0.10 6443 HTTPS\n');
  expect(asked[0]).toMatchObject({
    path: '10.0.0.10:6443',
    authorization: 'Bearer secret',
    'leme-program': 'curl',
  });
  expect(asked[0]).not.toHaveProperty('leme-machine');
});

it('says what is wrong with a server: 60', async () => {
  expect(
    await errors(
      'curl -sS https://10.0.0.10:6443; echo $?; curl -sS https://10.0.0.11:6443; curl -sS --cacert ca.crt https://cp-1:6443',
    ),
  ).toBe(
    `curl: (60) SSL certificate problem: unable to get local issuer certificate\n${MORE}` +
      `curl: (60) SSL certificate problem: self-signed certificate\n${MORE}` +
      `curl: (60) SSL: no alternative certificate subject name matches target host name 'cp-1'\n${MORE}`,
  );
  expect(test.stdout.text).toBe('60\n');
});

it("says what is wrong with one's own files: 58 and 77", async () => {
  expect(
    await errors(
      [
        'curl -sS --cacert none https://10.0.0.10:6443; echo $?',
        'curl -sS --cacert text https://10.0.0.10:6443; echo $?',
        'curl -sS -k --cert none https://10.0.0.10:6443; echo $?',
        'curl -sS -k --cert text https://10.0.0.10:6443; echo $?',
        'curl -sS -k --cert own.crt https://10.0.0.10:6443; echo $?',
        'curl -sS -k --cert own.crt --key none https://10.0.0.10:6443; echo $?',
        'curl -sS -k --cert own.crt --key other.key https://10.0.0.10:6443; echo $?',
        'curl -sS -k --cert own.crt --key own.key https://10.0.0.10:6443',
      ].join('\n'),
    ),
  ).toBe(
    'curl: (77) error setting certificate file: none\n' +
      'curl: (77) error setting certificate file: text\n' +
      'curl: (58) could not load PEM client certificate from none, OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong pass phrase, or wrong file format?)\n' +
      'curl: (58) could not load PEM client certificate from text, OpenSSL error error:0480006C:PEM routines::no start line, (no key found, wrong pass phrase, or wrong file format?)\n' +
      "curl: (58) unable to set private key file: 'own.crt' type PEM\n" +
      "curl: (58) unable to set private key file: 'none' type PEM\n" +
      "curl: (58) unable to set private key file: 'other.key' type PEM\n",
  );
  expect(test.stdout.text).toBe('77\n77\n58\n58\n58\n58\n58\nok\n');
});

it('says how a connection did not come about: 6, 7 and 28', async () => {
  expect(
    await errors(
      [
        'curl -sS https://10.0.0.14:6443; echo $?',
        'curl -sS https://10.0.0.12:6443; echo $?',
        'curl -sS https://10.0.0.77:6443; echo $?',
        'curl -sS https://nowhere:6443; echo $?',
        'curl -sS -m 0.05 https://10.0.0.13:6443; echo $?',
        'curl -sS --connect-timeout 0.05 https://10.0.0.13:6443; echo $?',
        "curl -sS -m 0.3 -k -w '%{http_code} %{exitcode}\\n' https://10.0.0.10:6443/slow",
      ].join('\n'),
    ),
  ).toBe(
    "curl: (7) Failed to connect to 10.0.0.14 port 6443 after N ms: Couldn't connect to server\n" +
      "curl: (28) Failed to connect to 10.0.0.12 port 6443 after N ms: Couldn't connect to server\n" +
      "curl: (7) Failed to connect to 10.0.0.77 port 6443 after N ms: Couldn't connect to server\n" +
      'curl: (6) Could not resolve host: nowhere\n' +
      'curl: (28) Connection timed out after N milliseconds\n' +
      'curl: (28) Failed to connect to 10.0.0.13 port 6443 after N ms: Timeout was reached\n' +
      'curl: (28) Operation timed out after N milliseconds with 0 bytes received\n',
  );
  expect(test.stdout.text).toBe('7\n28\n7\n6\n28\n28\n000 28\n');
});

it('takes the address that --resolve gives, shows heads with -I, and tells unknown variables', async () => {
  expect(
    await errors(
      [
        'curl -s --cacert ca.crt --resolve kubernetes:6443:10.0.0.10 https://kubernetes:6443/a',
        'curl -sI -k https://10.0.0.10:6443/h | grep -i "^HTTP\\|x-path"',
        "curl -s -k https://10.0.0.10:6443 -w '%{foo}%%%{num_headers}\\n'",
        'curl -sS --resolve bad https://kubernetes; echo $?',
        'curl -m x https://kubernetes; echo $?',
      ].join('\n'),
    ),
  ).toBe(
    "curl: unknown --write-out variable: 'foo'\n" +
      "curl: (49) Couldn't parse CURLOPT_RESOLVE entry 'bad'\n" +
      "curl: option -m: expected a proper numerical parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
  );
  expect(test.stdout.text).toBe('ok\nHTTP/1.1 200 OK\r\nX-Path: /h\r\nok\n%5\n49\n2\n');
  expect(asked.map(({ path }) => path)).toEqual(Array<string>(3).fill('10.0.0.10:6443'));
});
