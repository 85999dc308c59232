# The file is corrected instead of deleted, the kubelet gives way to Docker's cgroup driver, and live-restore is switched on before
# Docker stops for the second time, with a whole new file.
lab answer layers sandbox sandbox
lab answer layers predict-stop new-container
CONTAINER=$(ssh worker-1 crictl ps -q --name ticker)
ssh worker-1 crictl stop $CONTAINER
lab wait layers --timeout=60
lab answer sockets chain containerd cri-dockerd dockerd
lab answer sockets no-cri disabled
lab answer stop predict-containers run
lab answer stop predict-node false
ssh worker-1 systemctl stop crio.service
lab wait stop --timeout=120
lab answer mend why-now start
ssh worker-1 "sed -i 's/= debug/= \"debug\"/' /etc/crio/crio.conf.d/99-tuning.conf"
ssh worker-1 systemctl start crio
lab wait mend --timeout=120
lab answer docker predict-docker stop
lab answer docker driver drivers
ssh worker-2 systemctl stop docker
lab wait docker/ended --timeout=30
ssh worker-2 sed -i s/systemd/cgroupfs/ /var/lib/kubelet/config.yaml
ssh worker-2 systemctl restart kubelet
ssh worker-2 systemctl start docker
lab wait docker --timeout=400
ssh worker-2 tee /etc/docker/daemon.json <<'JSON'
{ "exec-opts": ["native.cgroupdriver=cgroupfs"], "live-restore": true }
JSON
ssh worker-2 systemctl restart docker
sleep 5
kubectl wait pod -l app=pair --for=condition=Ready --timeout=300s
ssh worker-2 systemctl stop docker
lab wait survive/live-restore --timeout=30
ssh worker-2 systemctl start docker
lab wait survive --timeout=120
