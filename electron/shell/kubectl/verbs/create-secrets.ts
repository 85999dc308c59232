import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { KubectlError, plainMessage } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import type { Session } from '../session.ts';
import { appendHashFlag, hashed } from './create-data.ts';

const text = (name: string, en: string, pt: string, initial?: string): FlagSpec => ({
  name,
  kind: 'string',
  ...(initial === undefined ? {} : { initial }),
  help: { en, 'pt-BR': pt },
});

export const tlsFlags: readonly FlagSpec[] = [
  text('cert', 'File with the certificate, PEM.', 'Arquivo com o certificado, PEM.'),
  text('key', 'File with its private key, PEM.', 'Arquivo com a chave privada, PEM.'),
  appendHashFlag,
];

export const registryFlags: readonly FlagSpec[] = [
  text('docker-server', 'The registry.', 'O registry.', 'https://index.docker.io/v1/'),
  text('docker-username', 'The user.', 'O usuário.'),
  text('docker-password', 'The password.', 'A senha.'),
  text('docker-email', 'The address of the user.', 'O endereço do usuário.'),
  appendHashFlag,
];

function secret(name: string, type: string, data: Readonly<Record<string, string>>): JsonObject {
  const encoded = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name, creationTimestamp: null },
    data: encoded,
    type,
  };
}

async function readPem(session: Session, name: string): Promise<string> {
  try {
    return await session.readFile(name);
  } catch (error) {
    throw new KubectlError(`Cannot read file ${name}, ${plainMessage(error)}`);
  }
}

/** `create secret tls`: certificate and key must belong together. */
export async function buildTlsSecret(session: Session, flags: FlagSet, name: string): Promise<JsonObject> {
  if (flags.string('key') === '' || flags.string('cert') === '')
    throw new KubectlError('key and cert must be specified');
  const cert = await readPem(session, flags.string('cert'));
  const key = await readPem(session, flags.string('key'));
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw new KubectlError(
      cert.includes('-----BEGIN')
        ? 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
        : 'tls: failed to find any PEM data in certificate input',
    );
  }
  let secretKey: KeyObject;
  try {
    secretKey = createPrivateKey(key);
  } catch {
    throw new KubectlError('tls: failed to find any PEM data in key input');
  }
  if (!certificate.checkPrivateKey(secretKey))
    throw new KubectlError('tls: private key does not match public key');
  return hashed(flags, secret(name, 'kubernetes.io/tls', { 'tls.crt': cert, 'tls.key': key }));
}

/** `create secret docker-registry`: credentials in the form image pulls use. */
export function buildRegistrySecret(_session: Session, flags: FlagSet, name: string): JsonObject {
  const [username, password, email] = ['docker-username', 'docker-password', 'docker-email'].map((each) =>
    flags.string(each),
  );
  if (!username || !password)
    throw new KubectlError(
      'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
    );
  const entry: JsonObject = {
    username,
    password,
    ...(email ? { email } : {}),
    auth: Buffer.from(`${username}:${password}`).toString('base64'),
  };
  const config = JSON.stringify({ auths: { [flags.string('docker-server')]: entry } });
  return hashed(flags, secret(name, 'kubernetes.io/dockerconfigjson', { '.dockerconfigjson': config }));
}
