# Restores beside the old data, with etcdctl, and points the manifest at the new folder.
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: loja, namespace: default }
spec:
  replicas: 3
  selector: { matchLabels: { app: loja } }
  template:
    metadata: { labels: { app: loja } }
    spec: { containers: [{ name: nginx, image: nginx }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: precos, namespace: default }
data: { cafe: '5' }
YAML
lab wait shop
ssh cp-1 etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt --key=/etc/kubernetes/pki/etcd/healthcheck-client.key snapshot save /var/backups/etcd.db
lab wait backup/saved
ssh cp-1 etcdutl snapshot status /var/backups/etcd.db
lab answer backup contents objects secrets
lab wait backup
kubectl delete deployment/loja configmap/precos
lab wait lose/prices-gone
lab wait lose/gone
kubectl create deployment tardio --image=nginx --replicas=2
lab wait lose/late
lab answer lose predict-late killed
ssh cp-1 mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/
ssh cp-1 mv /etc/kubernetes/manifests/etcd.yaml /root/
lab wait restore/stopped
ssh cp-1 etcdutl snapshot restore /var/backups/etcd.db --data-dir=/var/lib/etcd-restored --name=cp-1 --initial-cluster=cp-1=https://10.0.0.10:2380 --initial-advertise-peer-urls=https://10.0.0.10:2380
ssh cp-1 'sed -i "s,/var/lib/etcd,/var/lib/etcd-restored,g" /root/etcd.yaml'
ssh cp-1 mv /root/etcd.yaml /etc/kubernetes/manifests/
ssh cp-1 mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/
lab wait restore
lab answer reconcile who-started kubelet
lab wait reconcile --timeout=60
