import type { ApiResource } from '../discovery.ts';
import type { JsonObject } from '../json.ts';
import type { Session } from '../session.ts';

export interface DescribeTarget {
  readonly session: Session;
  readonly mapping: ApiResource;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
  readonly showEvents: boolean;
  /** The cluster's present, in milliseconds. */
  readonly now: number;
}

/** The description of one object, with its last newline. */
export type Describer = (target: DescribeTarget) => Promise<string>;
