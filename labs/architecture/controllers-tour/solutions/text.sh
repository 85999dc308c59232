# The way the text suggests.
kubectl create deployment web --image=nginx --replicas=2
lab wait chain/ready
lab answer chain who deployment replicaset
lab answer unasked predict-namespace two
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
lab answer orphan predict-orphan replicaset
kubectl delete deployment web --cascade=orphan
lab wait orphan/orphaned
kubectl create deployment web --image=nginx --replicas=3
lab wait orphan
kubectl create deployment app --image=nginx -n team
lab wait farewell/filled
lab answer farewell predict-terminating last
kubectl delete namespace team
lab wait farewell
