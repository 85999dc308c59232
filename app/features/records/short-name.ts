/** `cp-1/kube-apiserver` → `kube-apiserver`; a kubelet or an agent keeps its machine, since each machine has one. */
export function shortName(actor: string): string {
  const [machine = actor, name] = actor.split('/');
  if (name === undefined) return machine;
  return ['kubelet', 'containerd', 'kube-proxy', 'cni', 'flanneld', 'crio', 'cri-o'].includes(name)
    ? `${name} (${machine})`
    : name;
}
