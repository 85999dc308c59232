# The way the text suggests.
kubectl get nodes
lab answer machines workers 2
kubectl get pods -n kube-system -o wide
lab answer components stores etcd
lab answer components everywhere kubelet runtime
lab answer first-pod who-chooses scheduler
kubectl run hello --image=nginx
lab wait first-pod
lab answer no-owner predict-gone gone
kubectl delete pod hello
lab wait no-owner
