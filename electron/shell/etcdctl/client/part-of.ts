import type protobuf from 'protobufjs';

interface Described {
  readonly fields?: Readonly<Record<string, { readonly type: string }>>;
  readonly nested?: Readonly<Record<string, Described>>;
}

/**
 * Of a description of packages what one message consists of: itself, the messages and enums of its fields, and of theirs.
 * Types are named within their package or with it (`KeyValue`, `mvccpb.KeyValue`). @throws Error for a message that is not described
 */
export function partOf(description: protobuf.INamespace, name: string): protobuf.INamespace {
  const packages = description.nested as Readonly<Record<string, Described>>;
  const found = (qualified: string): Described | undefined => {
    const [pack = '', type = ''] = qualified.split('.');
    return packages[pack]?.nested?.[type];
  };
  if (found(name) === undefined) throw new Error(`no such type: ${name}`);
  const part: Record<string, { nested: Record<string, Described> }> = {};
  const take = (qualified: string): void => {
    const [pack = '', type = ''] = qualified.split('.');
    const described = found(qualified);
    if (described === undefined || part[pack]?.nested[type] !== undefined) return;
    (part[pack] ??= { nested: {} }).nested[type] = described;
    const visit = ({ fields = {}, nested = {} }: Described): void => {
      for (const { type: field } of Object.values(fields))
        take(field.includes('.') ? field : `${pack}.${field}`);
      for (const inner of Object.values(nested)) visit(inner);
    };
    visit(described);
  };
  take(name);
  return { nested: part as Record<string, protobuf.AnyNestedObject> };
}
