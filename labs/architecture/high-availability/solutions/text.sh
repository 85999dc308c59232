# The way the text suggests.
kubectl get leases -n kube-system
lab answer inventory active apiserver etcd
lab wait inventory
lab answer one-cp predict-cp hiccup
virsh destroy cp-1
lab wait one-cp/leaders-moved
kubectl create deployment web --image=nginx --replicas=6
lab wait one-cp
lab answer one-worker predict-worker minutes
virsh destroy worker-1
lab wait one-worker
lab answer too-many predict-two errors
virsh destroy cp-2
lab wait too-many/lost
virsh start cp-1
virsh start cp-2
virsh start worker-1
lab answer too-many cost three-two
lab wait too-many
