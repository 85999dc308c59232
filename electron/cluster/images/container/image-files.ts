import { utf8Encode } from '../../network/byte-text.ts';
import type { Repository } from '../interface.ts';
import { NGINX_CONF, NGINX_DEFAULT_CONF, NGINX_INDEX } from '../programs/nginx-files.ts';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n';
const GROUP = 'root:x:0:\nnogroup:x:65534:\n';

/** Which distribution an image is made from, as its tag tells. */
export type Distribution = 'alpine' | 'debian' | 'busybox' | 'ubuntu' | 'fedora';

const OS_RELEASE: Readonly<Partial<Record<Distribution, string>>> = {
  alpine:
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\nHOME_URL="https://alpinelinux.org/"\nBUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"\n',
  debian:
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL="https://www.debian.org/"\n',
  ubuntu:
    'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.3 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nHOME_URL="https://www.ubuntu.com/"\n',
  fedora:
    'NAME="Fedora Linux"\nVERSION="42 (Container Image)"\nID=fedora\nVERSION_ID=42\nPRETTY_NAME="Fedora Linux 42 (Container Image)"\n',
};

export function distributionOf(repository: Repository, reference: string): Distribution {
  const base = repository.name.slice(repository.name.lastIndexOf('/') + 1);
  if (base === 'busybox') return 'busybox';
  if (base === 'ubuntu') return 'ubuntu';
  if (base === 'fedora' || base === 'oraclelinux') return 'fedora';
  const alpine = ['alpine', 'curl', 'netshoot', 'bash', 'stress'];
  return alpine.includes(base) || reference.includes('alpine') ? 'alpine' : 'debian';
}

/** The files of an image that people look at; a real one has thousands. Bytes by path. */
export function imageFiles(repository: Repository, reference: string): Map<string, string> {
  const distribution = distributionOf(repository, reference);
  const files = new Map<string, string>();
  const add = (path: string, text: string): void => void files.set(path, utf8Encode(text));
  if (!repository.shell) return files;
  add('/etc/passwd', PASSWD);
  add('/etc/group', GROUP);
  add('/etc/nsswitch.conf', 'hosts: files dns\n');
  const release = OS_RELEASE[distribution];
  if (release !== undefined) add('/etc/os-release', release);
  if (distribution === 'alpine') add('/etc/alpine-release', '3.22.1\n');
  if (distribution === 'debian') add('/etc/debian_version', '12.11\n');
  if (/\/(nginx|nginx-unprivileged)$/.test(repository.name)) {
    const port = repository.ports[0] ?? 80;
    add('/usr/share/nginx/html/index.html', NGINX_INDEX);
    add('/etc/nginx/nginx.conf', NGINX_CONF);
    add(
      '/etc/nginx/conf.d/default.conf',
      NGINX_DEFAULT_CONF.replace('listen       80;', `listen       ${port};`),
    );
  }
  if (repository.name === 'docker.io/library/httpd')
    add('/usr/local/apache2/htdocs/index.html', '<html><body><h1>It works!</h1></body></html>\n');
  return files;
}

/** Folders that every image has, even when nothing is in them. */
export const IMAGE_FOLDERS: readonly string[] = [
  '/dev', '/etc', '/home', '/mnt', '/opt', '/proc', '/root', '/run', '/srv', '/sys', '/tmp', '/usr/local/bin', '/var/lib', '/var/log', '/var/tmp',
]; // prettier-ignore
