import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { findLabs, loadLab } from '../labs/load-lab.ts';
import { ImageFile } from '../shared/images/image-schema.ts';
import { LabSpec } from '../shared/lab/lab-schema.ts';
import { hostConfig, installation } from './entry-common.ts';
import { Host } from './host.ts';
import { proveLab } from './lab-proof.ts';
import { parseHostOptions } from './options.ts';

// `npm run lab -- …`

const USAGE = `usage: npm run lab -- validate [FOLDER…]   check the files of labs
       npm run lab -- test [FOLDER…]       prove labs: solutions pass, wrong answers fail
       npm run lab -- schema               write labs/schema/*.schema.json
`;

const { labs: labsRoot } = installation(import.meta.dirname);

/** Prints every problem as file:line: message. The number of broken labs. */
function validate(folders: readonly string[]): number {
  let broken = 0;
  for (const folder of folders) {
    const { lab, problems } = loadLab(folder);
    for (const { file, line, message } of problems) {
      console.error(`${join(folder, file)}${line === null ? '' : `:${line}`}: ${message}`);
    }
    if (lab === undefined) broken += 1;
    else console.log(`ok ${lab.spec.metadata.id} ${lab.spec.metadata.version}`);
  }
  return broken;
}

async function test(folders: readonly string[]): Promise<number> {
  const broken = validate(folders);
  if (broken > 0) return broken;
  const dataDir = mkdtempSync(join(tmpdir(), 'leme-lab-'));
  let failed = 0;
  let passed = 0;
  const host = new Host(
    hostConfig(
      parseHostOptions(['--data', dataDir, '--speed', '100', '--api-port', '0'], dataDir),
      import.meta.dirname,
      (line) => console.error(`leme: ${line}`),
    ),
  );
  try {
    await host.start();
    for (const folder of folders) {
      const { lab } = loadLab(folder);
      if (lab === undefined) continue;
      console.log(lab.spec.metadata.id);
      await proveLab(host, lab, folder, ({ file, ok, message }) => {
        console.log(`  ${ok ? 'ok    ' : 'FAILED'} ${file}: ${message}`);
        if (ok) passed += 1;
        else failed += 1;
      });
    }
  } finally {
    await host.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
  console.log(`labs: ${passed} passed, ${failed} failed`);
  return failed;
}

function writeSchemas(): number {
  for (const [name, schema, reused] of [
    ['lab', LabSpec, 'inline'],
    ['images', ImageFile, 'ref'],
  ] as const) {
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused });
    writeFileSync(join(labsRoot, 'schema', `${name}.schema.json`), `${JSON.stringify(json, undefined, 2)}\n`);
  }
  return 0;
}

const [verb, ...args] = process.argv.slice(2);
const folders = args.length > 0 ? args.map((folder) => resolve(folder)) : findLabs(labsRoot);
switch (verb) {
  case 'validate':
    process.exit(validate(folders) === 0 ? 0 : 1);
    break;
  case 'test':
    process.exit((await test(folders)) === 0 ? 0 : 1);
    break;
  case 'schema':
    process.exit(writeSchemas());
    break;
  default:
    console.error(USAGE);
    process.exit(2);
}
