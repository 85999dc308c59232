# Deletes and compacts, and takes the file to shrink by itself.
# below: 90
# fails: space/defragmented
export ETCDCTL_ENDPOINTS=https://10.0.0.10:2379
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
revision() { etcdctl get nothing -w fields | grep '"Revision"' | awk '{print $3}'; }
for i in $(seq 1 20); do etcdctl put /diario/contador $i; done
old=$(etcdctl get /diario/contador -w fields | grep CreateRevision | awk '{print $3}')
etcdctl get /diario/contador --rev=$old
lab answer compact predict-compact deleted
etcdctl compaction $(revision)
lab wait compact/compacted
etcdctl get /diario/contador --rev=$old
lab wait compact
kubectl get --raw '/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=1'
lab answer gone relist lists
lab answer gone who-compacts apiserver
for i in $(seq 1 20); do head -c 500000 /dev/zero | tr '\0' x | etcdctl put /diario/peso; done
lab wait space/heavy
etcdctl del /diario/peso
etcdctl compaction $(revision)
lab answer space predict-defrag shrinks
lab wait space/freed
