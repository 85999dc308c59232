# Writes other keys instead of one key many times: each of them is at version 1.
# below: 5
# fails: history/counter
export ETCDCTL_ENDPOINTS=https://10.0.0.10:2379
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
for i in $(seq 1 20); do etcdctl put /diario/contador-$i $i; done
