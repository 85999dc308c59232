import { z } from 'zod';

/** One request to the Kubernetes API as the administrator, over the simulated network like any other client's. */
export const ApiRequest = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** Path and query, e.g. `/api/v1/namespaces/default/pods/web`. */
  target: z.string().regex(/^\/[^\s#]*$/),
  accept: z.string().default('application/json'),
  contentType: z.string().default('application/json'),
  body: z.string().optional(),
});
export type ApiRequest = z.input<typeof ApiRequest>;

/** What came back, whatever its status. */
export const ApiAnswer = z.object({
  status: z.number(),
  body: z.string(),
  warnings: z.array(z.string()),
});
export type ApiAnswer = z.infer<typeof ApiAnswer>;

export const TableColumn = z.object({
  name: z.string(),
  type: z.string(),
  description: z.string(),
  /** 0: always shown; more: with `-o wide` only. */
  priority: z.number(),
});
export type TableColumn = z.infer<typeof TableColumn>;

export const TableRow = z.object({
  uid: z.string(),
  /** Empty for what is cluster-scoped. */
  namespace: z.string(),
  name: z.string(),
  /** RFC 3339; empty when the object does not say. */
  created: z.string(),
  deleting: z.boolean(),
  resourceVersion: z.string(),
  cells: z.array(z.string()),
});
export type TableRow = z.infer<typeof TableRow>;

/** A list as the server's Table, then what changes. `failure`: the list is not (or no longer) live, and why. */
export const TableItem = z.object({
  reset: z.boolean(),
  /** Empty: as before. */
  columns: z.array(TableColumn),
  rows: z.array(TableRow),
  /** By uid. */
  removed: z.array(z.string()),
  failure: z.string().nullable(),
});
export type TableItem = z.infer<typeof TableItem>;

/** Somebody in the tree of owners. */
export const Relative = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
  uid: z.string(),
  /** Generations from the object that was asked about: owners are negative, dependents positive. */
  generation: z.number().int(),
  /** False: named as an owner, but there is no such object. */
  exists: z.boolean(),
  /** Uid of the one it is listed under; null at the top. */
  parent: z.string().nullable(),
});
export type Relative = z.infer<typeof Relative>;
