import type { Distribution, ImageSpec } from '../../../shared/images/image-schema.ts';
import { utf8Encode } from '../../network/byte-text.ts';

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

/** Which distribution an image is made from: official images say in their tag that it is another one. */
export function distributionOf({ base }: ImageSpec, reference: string): Distribution {
  return base === 'debian' && reference.includes('alpine') ? 'alpine' : base;
}

function passwd({ users }: ImageSpec, distribution: Distribution): string {
  const shell = distribution === 'alpine' || distribution === 'busybox' ? '/bin/sh' : '/bin/bash';
  return [
    `root:x:0:0:root:/root:${shell}`,
    ...users.map(({ name, uid, gid }) => `${name}:x:${uid}:${gid}::/home/${name}:/sbin/nologin`),
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    '',
  ].join('\n');
}

function group({ users }: ImageSpec): string {
  const names = new Map(users.map(({ name, gid }) => [gid, name]));
  return [
    'root:x:0:',
    ...[...names].filter(([gid]) => gid !== 0 && gid !== 65_534).map(([gid, name]) => `${name}:x:${gid}:`),
    'nogroup:x:65534:',
    '',
  ].join('\n');
}

/** The files of an image that people look at; a real one has thousands. Bytes by path. */
export function imageFiles(spec: ImageSpec, reference: string): Map<string, string> {
  const distribution = distributionOf(spec, reference);
  const files = new Map<string, string>();
  const add = (path: string, text: string): void => void files.set(path, utf8Encode(text));
  if (distribution !== 'none') {
    add('/etc/passwd', passwd(spec, distribution));
    add('/etc/group', group(spec));
    add('/etc/nsswitch.conf', 'hosts: files dns\n');
    const release = OS_RELEASE[distribution];
    if (release !== undefined) add('/etc/os-release', release);
    if (distribution === 'alpine') add('/etc/alpine-release', '3.22.1\n');
    if (distribution === 'debian') add('/etc/debian_version', '12.11\n');
  }
  for (const [path, text] of Object.entries(spec.files)) add(path, text);
  return files;
}

/** Folders that every image has, even when nothing is in them. */
export const IMAGE_FOLDERS: readonly string[] = [
  '/dev', '/etc', '/home', '/mnt', '/opt', '/proc', '/root', '/run', '/srv', '/sys', '/tmp', '/usr/local/bin', '/var/lib', '/var/log', '/var/tmp',
]; // prettier-ignore
