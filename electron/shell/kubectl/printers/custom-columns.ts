import { KubectlError } from '../errors.ts';
import { goValue } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { JsonPathTemplate, relaxedPath } from '../jsonpath/template.ts';
import type { ObjectPrinter } from './interface.ts';
import { TabWriter, tableTabs } from './tab-writer.ts';

export interface CustomColumn {
  readonly header: string;
  readonly path: JsonPathTemplate;
}

function column(header: string, spec: string): CustomColumn {
  try {
    return { header, path: new JsonPathTemplate(relaxedPath(spec)) };
  } catch (error) {
    throw new KubectlError(error instanceof Error ? error.message : String(error));
  }
}

/** `NAME:.metadata.name,IMAGE:.spec.containers[*].image` */
export function parseColumns(spec: string): CustomColumn[] {
  if (spec === '') throw new KubectlError('custom-columns format specified but no custom columns given');
  return splitOutsideBrackets(spec).map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0)
      throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return column(part.slice(0, colon), part.slice(colon + 1));
  });
}

function splitOutsideBrackets(text: string): string[] {
  return text.split(',');
}

/** A file of two lines: headers, and under each its path. */
export function parseColumnsFile(text: string): CustomColumn[] {
  const [headers = '', paths = ''] = text.split('\n').filter((line) => line.trim() !== '');
  const names = headers.trim().split(/\s+/);
  const specs = paths.trim().split(/\s+/);
  if (headers.trim() === '' || names.length !== specs.length) {
    throw new KubectlError(
      `number of headers (${names.length}) and field specifications (${paths.trim() === '' ? 0 : specs.length}) don't match`,
    );
  }
  return names.map((name, i) => column(name, specs[i] ?? ''));
}

/** `-o custom-columns`. */
export class CustomColumnsPrinter implements ObjectPrinter {
  private readonly columns: readonly CustomColumn[];
  private readonly noHeaders: boolean;
  private readonly tabs = new TabWriter(tableTabs);
  private headerDone = false;

  constructor(columns: readonly CustomColumn[], noHeaders: boolean) {
    this.columns = columns;
    this.noHeaders = noHeaders;
  }

  print(object: JsonObject): string {
    if (!this.headerDone && !this.noHeaders)
      this.tabs.write(`${this.columns.map((each) => each.header).join('\t')}\n`);
    this.headerDone = true;
    const items = Array.isArray(object['items']) ? object['items'].filter(isObject) : [object];
    for (const item of items)
      this.tabs.write(`${this.columns.map((each) => this.cell(each, item)).join('\t')}\n`);
    return this.tabs.flush();
  }

  private cell(each: CustomColumn, object: JsonObject): string {
    const values = each.path.find(object).flat();
    return values.length === 0 ? '<none>' : values.map((value) => goValue(value)).join(',');
  }
}
