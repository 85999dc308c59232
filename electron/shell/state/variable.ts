/** A shell variable. `value` is text, an indexed array (sparse) or an associative array. */
export interface Variable {
  value: string | Map<number, string> | Map<string, string> | undefined;
  kind: 'scalar' | 'indexed' | 'associative';
  exported: boolean;
  readonly: boolean;
  integer: boolean;
  /** `declare -l` / `-u`. */
  fold?: 'lower' | 'upper';
}

/** A copy that shares nothing with the original. */
export function cloneVariable(variable: Variable): Variable {
  const value =
    variable.value instanceof Map
      ? (new Map(variable.value as Map<number, string>) as Map<number, string>)
      : variable.value;
  return { ...variable, value };
}
