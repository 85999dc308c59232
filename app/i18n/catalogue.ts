import type { ptBR } from './pt-br.ts';

type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };

/** Every text of the app, by key. A catalogue that lacks a key, or has one too many, does not compile. */
export type Catalogue = Texts<typeof ptBR>;
