# Starts CRI-O again, and the whole machine, without mending what it cannot read.
# below: 60
# fails: mend/crio
lab answer layers sandbox sandbox
lab answer layers predict-stop new-container
ssh worker-1 'crictl stop $(crictl ps -q --name ticker)'
lab wait layers --timeout=60
lab answer sockets chain cri-dockerd dockerd containerd
lab answer sockets no-cri disabled
lab answer stop predict-containers run
lab answer stop predict-node false
ssh worker-1 systemctl stop crio
lab wait stop --timeout=120
lab answer mend why-now start
ssh worker-1 systemctl restart crio
virsh destroy worker-1
virsh start worker-1
