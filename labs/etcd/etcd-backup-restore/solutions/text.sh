# The way the text suggests.
kubectl create deployment loja --image=nginx --replicas=3
kubectl create configmap precos --from-literal=cafe=5
lab wait shop
C='--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
ssh cp-1 etcdctl $C snapshot save /var/backups/etcd.db
lab wait backup/saved
ssh cp-1 etcdutl snapshot status /var/backups/etcd.db -w table
lab answer backup contents secrets objects
lab wait backup
kubectl delete deployment loja
kubectl delete configmap precos
lab wait lose/gone
kubectl create deployment tardio --image=nginx --replicas=2
lab wait lose/late
lab answer lose predict-late killed
ssh cp-1 mv /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/manifests/etcd.yaml /root/
lab wait restore/stopped
ssh cp-1 mv /var/lib/etcd /var/lib/etcd.lost
ssh cp-1 etcdutl snapshot restore /var/backups/etcd.db --data-dir /var/lib/etcd --name cp-1 --initial-cluster cp-1=https://10.0.0.10:2380 --initial-advertise-peer-urls https://10.0.0.10:2380
ssh cp-1 mv /root/etcd.yaml /root/kube-apiserver.yaml /etc/kubernetes/manifests/
lab wait restore
lab answer reconcile who-started kubelet
lab wait reconcile --timeout=60
