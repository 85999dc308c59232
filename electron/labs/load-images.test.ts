import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageSpec } from '../shared/images/image-schema.ts';
import type { LabProblem } from './lab-file.ts';
import { loadImages } from './load-images.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leme-images-'));
  mkdirSync(join(folder, 'images'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const GOOD = `apiVersion: leme/v1
kind: ImageList
images:
  - repository: images.example.com/shop/web
    tags: ['1.0', latest]
    layers: [30MB, { size: 1.5MB, digest: 'sha256:${'ab'.repeat(32)}' }]
    entrypoint: [/web]
    user: '1000'
    behaviour: { type: crasher, after: 3s, code: 7, lines: no luck }
`;

function load(text: string): { images: readonly ImageSpec[]; problems: readonly string[] } {
  writeFileSync(join(folder, 'images', 'shop.yaml'), text);
  const problems: LabProblem[] = [];
  const images = loadImages(folder, problems);
  return { images, problems: problems.map(({ file, line, message }) => `${file}:${line ?? ''}: ${message}`) };
}
const wrong = (from: string | RegExp, to: string): readonly string[] => load(GOOD.replace(from, to)).problems;

describe('loadImages', () => {
  it('reads sizes and times as they are written', () => {
    const { images, problems } = load(GOOD);
    expect(problems).toEqual([]);
    expect(images).toMatchObject([
      {
        repository: 'images.example.com/shop/web',
        platforms: ['linux/amd64', 'linux/arm64'],
        layers: [{ size: 30_000_000 }, { size: 1_500_000, digest: `sha256:${'ab'.repeat(32)}` }],
        behaviour: { type: 'crasher', after: 3000, code: 7, lines: ['no luck'] },
      },
    ]);
  });

  it('says what is wrong, where, and what to do', () => {
    expect(wrong('type: crasher', 'type: crash')).toEqual([
      'images/shop.yaml:9: images.0.behaviour.type: there is no behaviour "crash": type is one of service, web-server, database, shell, crasher, job, memory-hog, cpu-burner, log-writer, cluster-program, by-subcommand',
    ]);
    expect(wrong('30MB', '30 megs')).toEqual([
      'images/shop.yaml:6: images.0.layers.0: not a size: write a number and B, kB, MB, GB, Ki, Mi or Gi, such as 72.9MB or 64Mi',
    ]);
    expect(wrong(/sha256:\w+/, 'sha256:abc')).toEqual([
      'images/shop.yaml:6: images.0.layers.1.digest: not a digest: sha256: and 64 digits from 0-9a-f; leave it out to have one made',
    ]);
    expect(wrong('after: 3s', 'after: 3 s')).toEqual([
      'images/shop.yaml:9: images.0.behaviour.after: not a duration: write a number and ms, s, m or h, such as 500ms or 10s',
    ]);
    expect(wrong('images.example.com/shop/web', 'shop/web')).toEqual([
      'images/shop.yaml:4: images.0.repository: has no registry: begin with its host, such as docker.io/library/ or images.example.com/',
    ]);
    expect(wrong('code: 7', 'code: 7, reason: x')).toEqual([
      'images/shop.yaml:9: images.0.behaviour: Unrecognized key: "reason"',
    ]);
    expect(wrong('    entrypoint: [/web]\n', '')).toEqual([
      'images/shop.yaml:4: images.0.entrypoint: is missing, and so is cmd: what is to be started? Give one of them',
    ]);
    expect(wrong('kind: ImageList', 'kind: Images')[0]).toMatch(/^images\/shop\.yaml:2: kind: /);
  });

  it('refuses a reference that exists already, in the catalogue or in the lab', () => {
    const entry = GOOD.slice(GOOD.indexOf('  - repository'));
    expect(load(GOOD + entry).problems).toEqual([
      'images/shop.yaml:10: images.1.tags: images.example.com/shop/web:1.0 exists already: take another tag or repository',
      'images/shop.yaml:10: images.1.tags: images.example.com/shop/web:latest exists already: take another tag or repository',
    ]);
    const nginx = GOOD.replace('images.example.com/shop/web', 'docker.io/library/nginx');
    expect(load(nginx).problems).toEqual([
      'images/shop.yaml:4: images.0.tags: docker.io/library/nginx:1.0 exists already in the catalogue: take another tag or repository',
      'images/shop.yaml:4: images.0.tags: docker.io/library/nginx:latest exists already in the catalogue: take another tag or repository',
    ]);
    expect(load(nginx.replace("['1.0', latest]", '[shop-1]')).problems).toEqual([]);
  });

  it('refuses a repository that is private in part', () => {
    const key = '    credentials: { username: ana, password: secret }\n    entrypoint:';
    const closed = GOOD.replace('    entrypoint:', key);
    expect(load(closed).problems).toEqual([]);
    const open = GOOD.slice(GOOD.indexOf('  - repository')).replace("['1.0', latest]", "['2.0']");
    expect(load(closed + open).problems).toEqual([
      'images/shop.yaml:11: images.1.credentials: a repository is private as a whole: give all images of images.example.com/shop/web the same, or none',
    ]);
  });

  it('keeps a hostile pack within limits', () => {
    expect(wrong("['1.0', latest]", '["<version>"]')).toEqual([
      "images/shop.yaml:4: images.0.tags: <version>: a lab's image says each tag in full, without a pattern",
    ]);
    expect(wrong(/behaviour: .*/, 'behaviour: { type: cluster-program }')).toEqual([
      'images/shop.yaml:4: images.0.behaviour: cluster-program is for the images that a cluster is made of: take another one',
    ]);
    expect(wrong(/behaviour: .*/, 'behaviour: { type: log-writer, lines: x, every: 1ms }')).toEqual([
      'images/shop.yaml:9: images.0.behaviour.every: too often: every is at least 100ms',
    ]);
    expect(wrong("user: '1000'", 'files: { ../../etc/passwd: x }')[0]).toMatch(
      /^images\/shop\.yaml:8: images\.0\.files\..*/,
    );
    expect(wrong("user: '1000'", `files: { /a: ${'x'.repeat(300_000)} }`)).toEqual([
      'images/shop.yaml:8: images.0.files./a: longer than 262144 characters',
    ]);
    expect(
      load(
        `a: &a [1,1,1,1,1,1,1,1,1]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(9).slice(0, -1)}]`).join('\n')}\n`,
      ).problems,
    ).toEqual(['images/shop.yaml:: Excessive alias count indicates a resource exhaustion attack']);
    writeFileSync(join(folder, 'images', 'run.sh'), 'rm -rf /');
    symlinkSync('/etc/passwd', join(folder, 'images', 'x.yaml'));
    expect(load(GOOD).problems).toEqual([
      'images/run.sh:: does not belong here: images are described in <name>.yaml',
      'images/x.yaml:: is not a regular file',
    ]);
  });
});
