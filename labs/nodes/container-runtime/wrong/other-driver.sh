# Starts Docker again as it is: with the other cgroup driver no sandbox is made.
# below: 85
# fails: docker/again
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
ssh worker-1 rm /etc/crio/crio.conf.d/99-tuning.conf
ssh worker-1 systemctl restart crio
lab wait mend --timeout=120
lab answer docker predict-docker stop
lab answer docker driver drivers
ssh worker-2 systemctl stop docker
lab wait docker/ended --timeout=30
ssh worker-2 systemctl start docker
kubectl delete pod -l app=pair
