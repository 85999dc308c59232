# The way the text suggests, whoever leads.
export ETCDCTL_ENDPOINTS=https://cp-1:2379,https://cp-2:2379,https://cp-3:2379
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
etcdctl endpoint status -w table
lab answer meet quorum-of-three 2
lab wait meet
leader=$(etcdctl endpoint status -w table | grep 'true ' | grep -o 'cp-[123]')
first=$(printf 'cp-1\ncp-2\ncp-3\n' | grep -v $leader | head -1)
second=$(printf 'cp-1\ncp-2\ncp-3\n' | grep -v $leader | tail -1)
lab answer one predict-one go-on
ssh $first mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/
lab wait one/stopped
# It takes the load balancer some seconds to see that one API server has lost its member.
until kubectl create configmap com-dois --from-literal=membros=2; do sleep 2; done
lab wait one
lab answer two predict-two waits
ssh $second mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/
lab wait two/lost
kubectl create configmap com-um --from-literal=membros=1 --request-timeout=15s
ETCDCTL_ENDPOINTS=https://$leader:2379 etcdctl get /registry/configmaps/default/com-dois --consistency=s
lab wait two
lab answer recover term elections
ssh $first mv /etc/kubernetes/etcd.yaml /etc/kubernetes/manifests/
ssh $second mv /etc/kubernetes/etcd.yaml /etc/kubernetes/manifests/
lab wait recover
sleep 10
etcdctl member remove $(etcdctl member list | grep " $second," | cut -d, -f1)
lab wait even/shrunk
ssh $first mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/
lab wait even/one-of-two
lab answer even tolerance right
