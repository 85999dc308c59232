# Stops the leader where a follower was asked for, and thinks that all must confirm.
# below: 30
# fails: one/stopped
export ETCDCTL_ENDPOINTS=https://cp-1:2379,https://cp-2:2379,https://cp-3:2379
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
etcdctl endpoint status -w table
lab answer meet quorum-of-three 3
lab answer one predict-one stop
leader=$(etcdctl endpoint status -w table | grep 'true ' | grep -o 'cp-[123]')
ssh $leader mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/
