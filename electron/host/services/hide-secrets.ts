/** Stands for what is not shown until somebody asks. */
export const HIDDEN = '••••••••';

/** An API object, a list or a watch event without the values of Secrets and issued tokens; `hidden`: there were some. */
export function hideSecrets(value: unknown): { readonly value: unknown; readonly hidden: boolean } {
  const state = { hidden: false };
  return { value: withoutSecrets(value, state), hidden: state.hidden };
}

/** The same with every value below `data` and `stringData` of a Secret, and every issued token, left out. */
function withoutSecrets(value: unknown, state: { hidden: boolean }, kind?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, state, kind));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  const own = typeof object['kind'] === 'string' ? object['kind'] : kind?.replace(/List$/, '');
  return Object.fromEntries(
    Object.entries(object).map(([key, item]) => {
      if (own === 'Secret' && (key === 'data' || key === 'stringData') && isMap(item)) {
        state.hidden = true;
        return [key, Object.fromEntries(Object.keys(item).map((name) => [name, HIDDEN]))];
      }
      if (own === 'TokenRequest' && key === 'status' && isMap(item) && typeof item['token'] === 'string') {
        state.hidden = true;
        return [key, { ...item, token: HIDDEN }];
      }
      // What a client last applied repeats the values.
      if (own === 'Secret' && key === 'metadata' && isMap(item) && isMap(item['annotations'])) {
        const annotations = { ...item['annotations'] };
        const last = 'kubectl.kubernetes.io/last-applied-configuration';
        if (last in annotations) {
          state.hidden = true;
          annotations[last] = HIDDEN;
        }
        return [key, { ...item, annotations }];
      }
      return [key, key === 'items' ? withoutSecrets(item, state, own) : withoutSecrets(item, state)];
    }),
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
