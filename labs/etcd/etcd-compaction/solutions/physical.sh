# From the machine, waiting for the physical compaction, with other ways to find a revision and to make weight.
C='--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
e() { ssh cp-1 etcdctl $C "$@"; }
for i in $(seq 1 25); do e put /diario/contador $i > /dev/null; done
lab wait history/counter
old=$(e get /diario/contador -w fields | grep CreateRevision | awk '{print $3}')
ssh cp-1 etcdctl $C get /diario/contador --rev $((old + 3))
lab wait history
lab answer compact predict-compact stays
mod=$(e get /diario/contador -w fields | grep ModRevision | awk '{print $3}')
ssh cp-1 etcdctl $C compaction $mod --physical
lab wait compact/compacted
ssh cp-1 etcdctl $C get /diario/contador --rev $old
lab wait compact
kubectl get --raw '/api/v1/pods?resourceVersion=1&watch=1'
lab answer gone relist lists
lab answer gone who-compacts apiserver
lab wait gone
big=$(head -c 700000 /dev/zero | tr '\0' y)
export ETCDCTL_ENDPOINTS=https://10.0.0.10:2379 ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
for i in $(seq 1 15); do echo "$big" | etcdctl put /diario/peso-$i > /dev/null; done
lab wait space/heavy
etcdctl del /diario/peso --prefix
etcdctl compaction --physical $(etcdctl get x -w fields | grep '"Revision"' | awk '{print $3}')
lab wait space/freed
lab answer space predict-defrag stays
etcdctl defrag
lab wait space
