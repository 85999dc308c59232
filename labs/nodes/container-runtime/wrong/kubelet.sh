# Stops the kubelet instead of the runtime: the Node becomes Unknown, and CRI-O is up.
# below: 50
# fails: stop/down
lab answer layers sandbox sandbox
lab answer layers predict-stop new-container
ssh worker-1 'crictl stop $(crictl ps -q --name ticker)'
lab wait layers --timeout=60
lab answer sockets chain cri-dockerd dockerd containerd
lab answer sockets no-cri disabled
lab answer stop predict-containers run
lab answer stop predict-node false
ssh worker-1 systemctl stop kubelet
