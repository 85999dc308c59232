/** One step of the format. Shipped ones never change: a test compares their checksums. */
export interface Migration {
  /** 1, 2, 3 …, without gaps; becomes `PRAGMA user_version`. */
  readonly number: number;
  readonly name: string;
  /** Run as one transaction together with the new version number. */
  readonly sql: string;
}
