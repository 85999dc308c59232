# Stops the kubelet instead of powering the machine off: the static Pods run on.
# below: 40
# fails: one-cp/off
kubectl get leases -n kube-system
lab answer inventory active apiserver etcd
lab wait inventory
lab answer one-cp predict-cp hiccup
ssh cp-1 systemctl stop kubelet
kubectl create deployment web --image=nginx --replicas=6
