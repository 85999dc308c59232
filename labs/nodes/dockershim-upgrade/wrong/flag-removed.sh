# Only takes the flag away: without an endpoint the kubelet asks the containerd that serves no CRI.
# below: 60
# fails: cri-dockerd/ready
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
ssh worker-2 "sed -i 's#--network-plugin=cni ##' /var/lib/kubelet/kubeadm-flags.env"
ssh worker-2 systemctl restart kubelet
