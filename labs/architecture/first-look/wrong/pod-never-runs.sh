# An image that does not exist: the Pod never runs.
# below: 60
# fails: first-pod/running
kubectl get nodes
lab answer machines workers 2
kubectl get pods -A
lab answer components stores etcd
lab answer components everywhere kubelet runtime
lab answer first-pod who-chooses scheduler
kubectl run hello --image=nginx-does-not-exist
