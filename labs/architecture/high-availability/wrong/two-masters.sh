# Thinks that all copies work and that two masters are enough; loses the quorum and leaves it so.
# below: 85
# fails: too-many/back
kubectl get leases -n kube-system
lab answer inventory active apiserver etcd scheduler kcm
lab wait inventory
lab answer one-cp predict-cp nothing-ever
virsh destroy cp-1
lab wait one-cp/leaders-moved
kubectl create deployment web --image=nginx --replicas=6
lab wait one-cp
lab answer one-worker predict-worker minute
virsh destroy worker-1
lab wait one-worker
lab answer too-many predict-two errors
virsh destroy cp-2
lab wait too-many/lost
lab answer too-many cost two-two
