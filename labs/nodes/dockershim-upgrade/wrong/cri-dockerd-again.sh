# worker-1 keeps Docker too, instead of moving to containerd.
# below: 80
# fails: containerd/cri-on
# fails: containerd/ready
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
ssh worker-1 apt-mark unhold kubelet
ssh worker-1 apt-get install -y kubelet=1.24.17-1.1 cri-dockerd
ssh worker-1 sed -i s#--network-plugin=cni#--container-runtime-endpoint=unix:///run/cri-dockerd.sock# /var/lib/kubelet/kubeadm-flags.env
ssh worker-1 systemctl restart kubelet
kubectl uncordon worker-1
