import type { InjectionKey, Ref } from 'vue';

/** Key of the thing that Tab lands on. */
export const rovingKey: InjectionKey<Ref<string | undefined>> = Symbol('roving');
