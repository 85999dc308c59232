/** What every machine has: such a name alone never says which one. */
const AGENTS = new Set(['kubelet', 'containerd', 'kube-proxy', 'cni', 'flanneld', 'crio', 'cri-o']);

/** `cp-1/kube-apiserver` → `kube-apiserver`; with its machine where more than one machine has it (`shared`, and the agents). */
export function shortName(actor: string, shared: ReadonlySet<string>): string {
  const [machine = actor, name] = actor.split('/');
  if (name === undefined) return machine;
  return AGENTS.has(name) || shared.has(name) ? `${name} (${machine})` : name;
}
