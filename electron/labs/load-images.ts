import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkImages } from '../shared/images/check-images.ts';
import type { ImageSpec } from '../shared/images/image-schema.ts';
import { ImageFile } from '../shared/images/image-schema.ts';
import { offlineImages } from '../shared/images/offline-images.ts';
import type { LabProblem } from './lab-file.ts';
import { parseAs, readText } from './lab-file.ts';

const FOLDER = 'images';
const MAX_FILES = 16;

/** The images that a lab brings: what `images/*.yaml` describes. What is wrong is added to `problems`. */
export function loadImages(folder: string, problems: LabProblem[]): readonly ImageSpec[] {
  const place = join(folder, FOLDER);
  if (!existsSync(place)) return [];
  if (!lstatSync(place).isDirectory()) {
    problems.push({ file: FOLDER, line: null, message: 'is not a folder' });
    return [];
  }
  const names = readdirSync(place).sort();
  if (names.length > MAX_FILES) {
    problems.push({ file: FOLDER, line: null, message: `holds more than ${MAX_FILES} files` });
    return [];
  }
  const images: ImageSpec[] = [];
  for (const name of names) {
    const file = `${FOLDER}/${name}`;
    if (!/^[\w.-]+\.ya?ml$/.test(name)) {
      problems.push({
        file,
        line: null,
        message: 'does not belong here: images are described in <name>.yaml',
      });
      continue;
    }
    const text = readText(folder, file, problems);
    const parsed = text === undefined ? undefined : parseAs(ImageFile, file, text, problems);
    if (parsed === undefined) continue;
    const found = parsed.value.images;
    for (const { index, message } of checkImages(found, [...offlineImages(), ...images])) {
      const line = parsed.lineOf(['images', index]);
      problems.push({ file, line, message: `images.${index}.${message}` });
    }
    images.push(...found);
  }
  return images;
}
