# Kills the container instead of taking the manifest away: the kubelet starts etcd again, and the quorum is never lost.
# below: 50
# fails: two/lost
export ETCDCTL_ENDPOINTS=https://cp-1:2379,https://cp-2:2379,https://cp-3:2379
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
etcdctl endpoint status -w table
lab answer meet quorum-of-three 2
lab answer one predict-one go-on
leader=$(etcdctl endpoint status -w table | grep 'true ' | grep -o 'cp-[123]')
first=$(printf 'cp-1\ncp-2\ncp-3\n' | grep -v $leader | head -1)
ssh $first mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/
lab wait one/stopped
kubectl create configmap com-dois --from-literal=membros=2
lab wait one
ssh $first mv /etc/kubernetes/etcd.yaml /etc/kubernetes/manifests/
sleep 30
lab answer two predict-two alone
ssh $leader 'crictl stop $(crictl ps -q --name etcd)'
