import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import { forbidden, notSupported } from '../../apimachinery/validation/field-error.ts';

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** Modes as tables show them: `RWO,ROX`. Models volume helper GetAccessModesAsString (v1.34). */
export function formatAccessModes(modes: readonly string[] | undefined): string {
  return Object.entries(ABBREVIATIONS)
    .filter(([mode]) => modes?.includes(mode) === true)
    .map(([, short]) => short)
    .join(',');
}

/** Each mode is known, and the one that is for a single Pod stands alone. */
export function validateAccessModes(modes: readonly string[], path: string): FieldError[] {
  const errors = modes
    .filter((mode) => ABBREVIATIONS[mode] === undefined)
    .map((mode) => notSupported(path, mode, Object.keys(ABBREVIATIONS).sort()));
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod'))
    errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  return errors;
}
