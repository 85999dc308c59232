import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1123Label } from '../../../../apimachinery/validation/names.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import type { Volume } from '../../../types.ts';

const HOST_PATH_TYPES = [
  '', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket',
]; // prettier-ignore

/** The volumes of a Pod; adds their names to `names`. Models ValidateVolumes (v1.34). */
export function validateVolumes(volumes: readonly Volume[], path: string, names: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  volumes.forEach((volume, index) => {
    const where = at(path, index);
    const sourceErrors = validateSource(volume, where);
    const name = volume.name ?? '';
    const nameErrors: FieldError[] = [];
    if (name === '') nameErrors.push(required(child(where, 'name')));
    else
      for (const message of isDNS1123Label(name))
        nameErrors.push(invalid(child(where, 'name'), name, message));
    if (names.has(name)) nameErrors.push(duplicate(child(where, 'name'), name));
    errors.push(...sourceErrors, ...nameErrors);
    if (sourceErrors.length === 0 && nameErrors.length === 0) names.add(name);
  });
  return errors;
}

function validateSource(volume: Volume, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const name in volume) {
    if (name === 'name' || volume[name as keyof Volume] === undefined) continue;
    count += 1;
    if (count > 1) errors.push(forbidden(child(path, name), 'may not specify more than 1 volume type'));
    else errors.push(...validateOne(volume, name, child(path, name)));
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'));
  return errors;
}

function validateOne(volume: Volume, name: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  switch (name) {
    case 'hostPath': {
      const { path: hostPath = '', type = '' } = volume.hostPath ?? { path: '' };
      if (hostPath === '') errors.push(required(child(path, 'path')));
      else if (hostPath.split('/').includes('..'))
        errors.push(invalid(child(path, 'path'), hostPath, "must not contain '..'"));
      if (!HOST_PATH_TYPES.includes(type))
        errors.push(notSupported(child(path, 'type'), type, HOST_PATH_TYPES));
      break;
    }
    case 'secret':
      if ((volume.secret?.secretName ?? '') === '') errors.push(required(child(path, 'secretName')));
      errors.push(...validateMode(volume.secret?.defaultMode, child(path, 'defaultMode')));
      errors.push(...validateItems(volume.secret?.items, child(path, 'items')));
      break;
    case 'configMap':
      if ((volume.configMap?.name ?? '') === '') errors.push(required(child(path, 'name')));
      errors.push(...validateMode(volume.configMap?.defaultMode, child(path, 'defaultMode')));
      errors.push(...validateItems(volume.configMap?.items, child(path, 'items')));
      break;
    case 'persistentVolumeClaim':
      if ((volume.persistentVolumeClaim?.claimName ?? '') === '')
        errors.push(required(child(path, 'claimName')));
      break;
    case 'nfs':
      if ((volume.nfs?.server ?? '') === '') errors.push(required(child(path, 'server')));
      if ((volume.nfs?.path ?? '') === '') errors.push(required(child(path, 'path')));
      else if (volume.nfs?.path.startsWith('/') === false) {
        errors.push(invalid(child(path, 'path'), volume.nfs.path, 'must be an absolute path'));
      }
      break;
    default:
  }
  return errors;
}

function validateMode(mode: number | undefined, path: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

function validateItems(
  items: readonly { readonly key: string; readonly path: string; readonly mode?: number }[] | undefined,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  items?.forEach((item, index) => {
    const where = at(path, index);
    if ((item.key ?? '') === '') errors.push(required(child(where, 'key')));
    if ((item.path ?? '') === '') errors.push(required(child(where, 'path')));
    else if (item.path.startsWith('/'))
      errors.push(invalid(child(where, 'path'), item.path, 'must be a relative path'));
    else if (item.path.split('/').includes('..'))
      errors.push(invalid(child(where, 'path'), item.path, "must not contain '..'"));
    errors.push(...validateMode(item.mode, child(where, 'mode')));
  });
  return errors;
}
