import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runKubectl } from '../kubectl.ts';
import type { Ran } from '../testing/test-io.testing.ts';
import { MemoryFs, testIo } from '../testing/test-io.testing.ts';

interface Recorded {
  readonly files: Readonly<Record<string, string>>;
  readonly cases: readonly { readonly folder: string; readonly stdout: string; readonly stderr: string }[];
}

/** What kubectl 1.32 (kustomize v5.5.0) made of these files. */
const recorded = JSON.parse(readFileSync(new URL('./recorded.json', import.meta.url), 'utf8')) as Recorded;

async function build(folder: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const fs = new MemoryFs();
  for (const [name, text] of Object.entries({ ...recorded.files, ...more }))
    fs.files.set(`/home/u/${name}`, text);
  const io = testIo(['kubectl', 'kustomize', folder], fs);
  const code = await runKubectl(io);
  return { code, stdout: io.out.join(''), stderr: io.errors.join('').replace(/^E\d+ [\d:.]+ +\d+ /, '') };
}

test.each(recorded.cases)('a base and an overlay are built as by kustomize: $folder', async (each) => {
  expect(await build(each.folder)).toEqual({ code: 0, stdout: each.stdout, stderr: each.stderr });
});

test('a JSON patch changes what it targets and nothing else', async () => {
  const { stdout, code } = await build('x', {
    'x/kustomization.yaml': `resources: [../base]
patches:
- target: {kind: Deployment}
  patch: |
    - {op: remove, path: /spec/replicas}
    - {op: replace, path: /spec/template/spec/containers/0/image, value: x}
    - {op: add, path: /spec/template/spec/containers/0/ports/-, value: {containerPort: 9}}
`,
  });
  expect(code).toBe(0);
  expect(stdout).toContain(
    '        image: x\n        name: nginx\n        ports:\n        - containerPort: 80\n        - containerPort: 9\n',
  );
  expect(stdout).not.toContain('replicas');
});

const wrong: readonly (readonly [string, string, string])[] = [
  [
    'an unknown field',
    'foo: 1',
    'run.go:72] "command failed" err="invalid Kustomization: json: unknown field \\"foo\\""\n',
  ],
  ['an empty file', '', 'run.go:72] "command failed" err="kustomization.yaml is empty"\n'],
  [
    'a field of another type',
    'namePrefix: 1',
    'run.go:72] "command failed" err="invalid Kustomization: json: cannot unmarshal number into Go struct field Kustomization.namePrefix of type string"\n',
  ],
  [
    'a generator without a name',
    'configMapGenerator: [{literals: [a=b]}]',
    'run.go:72] "command failed" err="a configmap must have a name"\n',
  ],
  [
    'a resource that is not there',
    'resources: [nosuch.yaml]',
    `run.go:72] "command failed" err="accumulating resources: accumulation err='accumulating resources from 'nosuch.yaml': evalsymlink failure on '/home/u/x/nosuch.yaml' : lstat /home/u/x/nosuch.yaml: no such file or directory': must build at directory: not a valid directory: evalsymlink failure on '/home/u/x/nosuch.yaml' : lstat /home/u/x/nosuch.yaml: no such file or directory"\n`,
  ],
  [
    'a field that is not modelled',
    'helmCharts: [{name: a}]',
    'error: the field "helmCharts" of a kustomization is not available here; see electron/shell/kubectl/README.md\n',
  ],
];

test.each(wrong)('%s is refused in words', async (_name, text, stderr) => {
  expect(await build('x', { 'x/kustomization.yaml': text })).toEqual({ code: 1, stdout: '', stderr });
});

test('a folder without a kustomization is refused', async () => {
  expect((await build('nosuch')).stderr).toBe(
    `run.go:72] "command failed" err="must build at directory: not a valid directory: evalsymlink failure on 'nosuch' : lstat /home/u/nosuch: no such file or directory"\n`,
  );
});
