# Deletes the Deployment with all that it owns: there is no orphan to adopt.
# below: 80
# fails: orphan/orphaned
# fails: orphan/adopted
kubectl create deployment web --image=nginx --replicas=2
lab wait chain/ready
lab answer chain who deployment replicaset
lab answer unasked predict-namespace nothing
kubectl create namespace team
lab wait unasked/made
kubectl delete serviceaccount default -n team
lab wait unasked
ssh cp-1 sed -i 's/tokencleaner/tokencleaner,-job-controller/' /etc/kubernetes/manifests/kube-controller-manager.yaml
lab wait one-off/disabled
lab answer one-off predict-job stored
kubectl create job pi --image=busybox -- echo 3.14159
kubectl scale deployment web --replicas=3
lab wait one-off
lab answer leader predict-wait 15
ssh cp-1 sed -i 's/,-job-controller//' /etc/kubernetes/manifests/kube-controller-manager.yaml
lab wait leader
lab answer orphan predict-orphan nothing
kubectl delete deployment web
kubectl create deployment web --image=nginx --replicas=3
