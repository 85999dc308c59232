# Makes the lost objects anew instead of restoring: etcd was never stopped.
# below: 60
# fails: restore/stopped
kubectl create deployment loja --image=nginx --replicas=3
kubectl create configmap precos --from-literal=cafe=5
lab wait shop
C='--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
ssh cp-1 etcdctl $C snapshot save /var/backups/etcd.db
lab wait backup/saved
ssh cp-1 etcdutl snapshot status /var/backups/etcd.db
lab answer backup contents secrets objects volumes
kubectl delete deployment loja
kubectl delete configmap precos
lab wait lose/gone
kubectl create deployment tardio --image=nginx --replicas=2
lab wait lose/late
lab answer lose predict-late merged
kubectl create deployment loja --image=nginx --replicas=3
kubectl create configmap precos --from-literal=cafe=5
