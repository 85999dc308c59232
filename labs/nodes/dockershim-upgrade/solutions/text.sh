# The way the text suggests.
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
ssh worker-2 sed -i s#--network-plugin=cni#--container-runtime-endpoint=unix:///run/cri-dockerd.sock# /var/lib/kubelet/kubeadm-flags.env
ssh worker-2 systemctl restart kubelet
lab wait cri-dockerd --timeout=120
lab answer drain why-drain other-store
kubectl drain worker-1 --ignore-daemonsets
lab wait drain --timeout=120
ssh worker-1 systemctl stop kubelet
scp cp-1:/etc/containerd/config.toml worker-1:/etc/containerd/config.toml
ssh worker-1 systemctl restart containerd
ssh worker-1 systemctl disable --now docker
ssh worker-1 sed -i s#--network-plugin=cni#--container-runtime-endpoint=unix:///run/containerd/containerd.sock# /var/lib/kubelet/kubeadm-flags.env
ssh worker-1 apt-mark unhold kubelet
ssh worker-1 apt-get install -y kubelet=1.24.17-1.1
ssh worker-1 systemctl start kubelet
lab wait containerd/ready --timeout=120
kubectl uncordon worker-1
kubectl rollout restart deployment web
kubectl rollout status deployment web
lab answer containerd choice docker-socket logs
lab wait containerd --timeout=120
