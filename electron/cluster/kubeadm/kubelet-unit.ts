import { KUBEADM_FLAGS, KUBELET_DEFAULTS } from './kubelet-flags.ts';

const FOLDER = '/usr/lib/systemd/system';
export const BOOTSTRAP_KUBECONFIG = '/etc/kubernetes/bootstrap-kubelet.conf';

/** What the packages kubelet and kubeadm bring of systemd, by path (v1.34). */
export const kubeletUnitFiles: Readonly<Record<string, string>> = {
  [`${FOLDER}/kubelet.service`]: `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`,
  [`${FOLDER}/kubelet.service.d/10-kubeadm.conf`]: `# Flags come from kubeadm (kubeadm-flags.env) and, last, from whoever runs the node (/etc/default/kubelet).
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=${BOOTSTRAP_KUBECONFIG} --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-${KUBEADM_FLAGS}
EnvironmentFile=-${KUBELET_DEFAULTS}
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`,
};
