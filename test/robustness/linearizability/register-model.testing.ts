import type { Model } from './checker.testing.ts';

export type RegisterInput =
  | { readonly op: 'read'; readonly key: string }
  | { readonly op: 'write'; readonly key: string; readonly value: string }
  | { readonly op: 'cas'; readonly key: string; readonly from: string; readonly value: string };

/** Of a read the value, '' before the first write; of a write 'ok'; of a compare-and-swap 'ok' or 'failed'. */
export type RegisterOutput = string;

/** Registers by key, empty at first. */
export const registerModel: Model<RegisterInput, RegisterOutput, string> = {
  initial: '',
  replaces: true,
  partition: ({ key }) => key,
  key: (state) => state,
  step(state, input, output) {
    switch (input.op) {
      case 'read':
        return output === undefined || output === state ? { state } : undefined;
      case 'write':
        return { state: input.value };
      case 'cas': {
        const swaps = state === input.from;
        if (output !== undefined && (output === 'ok') !== swaps) return undefined;
        return { state: swaps ? input.value : state };
      }
    }
  },
};
