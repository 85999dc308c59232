/** The extension points of a profile, in the order in which they are filled. Models getExtensionPoints of framework/runtime (v1.34). */
export const extensionPoints = [
  'preFilter',
  'filter',
  'postFilter',
  'reserve',
  'preScore',
  'score',
  'preBind',
  'bind',
  'postBind',
  'permit',
  'preEnqueue',
  'queueSort',
] as const;

export type ExtensionPoint = (typeof extensionPoints)[number];

/** The method by which a plugin is known to extend a point. */
export const methodOf: Readonly<Record<ExtensionPoint, string>> = {
  preFilter: 'preFilter',
  filter: 'filter',
  postFilter: 'postFilter',
  reserve: 'reserve',
  preScore: 'preScore',
  score: 'score',
  preBind: 'preBind',
  bind: 'bind',
  postBind: 'postBind',
  permit: 'permit',
  preEnqueue: 'preEnqueue',
  queueSort: 'less',
};

/** `PreFilterPlugin`: what messages call the point. */
export function typeName(point: ExtensionPoint): string {
  return `${point.charAt(0).toUpperCase()}${point.slice(1)}Plugin`;
}
