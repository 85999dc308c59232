# On worker-1 the runtime is changed under the old kubelet, as upstream advises, and only then the version; the file is written by hand.
lab answer warning where kubelet
lab answer warning gone 24
lab answer surprise predict-kubelet refuses
lab answer surprise predict-containers run
ssh worker-2 apt-mark unhold kubelet
ssh worker-2 apt-get install -y kubelet=1.24.17-1.1
ssh worker-2 systemctl restart kubelet
lab wait surprise --timeout=60
lab answer cri-dockerd predict-same found
ssh worker-2 apt-get install -y cri-dockerd
ssh worker-2 "sed -i 's#--network-plugin=cni#--container-runtime=remote --container-runtime-endpoint=unix:///var/run/cri-dockerd.sock#' /var/lib/kubelet/kubeadm-flags.env"
ssh worker-2 systemctl restart kubelet
lab wait cri-dockerd --timeout=120
lab answer drain why-drain other-store
kubectl cordon worker-1
kubectl rollout restart deployment web
kubectl rollout status deployment web
lab wait drain --timeout=120
ssh worker-1 tee /etc/containerd/config.toml <<'TOML'
version = 2
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = true
TOML
ssh worker-1 systemctl restart containerd
ssh worker-1 "sed -i 's#--network-plugin=cni#--container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock#' /var/lib/kubelet/kubeadm-flags.env"
ssh worker-1 systemctl restart kubelet
ssh worker-1 systemctl disable --now docker
lab wait containerd/cri-on --timeout=60
ssh worker-1 apt-get install -y --allow-change-held-packages kubelet=1.24.17-1.1
ssh worker-1 systemctl restart kubelet
lab wait containerd/ready --timeout=120
kubectl uncordon worker-1
kubectl scale deployment web --replicas=8
lab answer containerd choice docker-socket logs
lab wait containerd --timeout=120
