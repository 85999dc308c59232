# Takes the whole kube-controller-manager away instead of one controller.
# below: 45
# fails: one-off/disabled
kubectl create deployment web --image=nginx --replicas=2
lab wait chain/ready
lab answer chain who deployment replicaset
lab answer unasked predict-namespace two
kubectl create namespace team
lab wait unasked/made
kubectl delete serviceaccount default -n team
lab wait unasked
ssh cp-1 mv /etc/kubernetes/manifests/kube-controller-manager.yaml /root/
lab answer one-off predict-job stored
kubectl create job pi --image=busybox -- echo 3.14159
kubectl scale deployment web --replicas=3
