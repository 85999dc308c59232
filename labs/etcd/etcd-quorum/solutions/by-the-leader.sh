# Another way: in the second loss it is the leader that goes; the manifests go to another folder.
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
etcdctl --endpoints=https://cp-1:2379 endpoint status --cluster -w table
lab answer meet quorum-of-three 2
lab wait meet
all=https://cp-1:2379,https://cp-2:2379,https://cp-3:2379
leader=$(etcdctl --endpoints=$all endpoint status -w table | grep 'true ' | grep -o 'cp-[123]')
first=$(printf 'cp-1\ncp-2\ncp-3\n' | grep -v $leader | tail -1)
other=$(printf 'cp-1\ncp-2\ncp-3\n' | grep -v $leader | head -1)
lab answer one predict-one go-on
ssh $first mv /etc/kubernetes/manifests/etcd.yaml /root/
lab wait one/stopped
cat >com-dois.yaml <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: { name: com-dois, namespace: default }
YAML
# It takes the load balancer some seconds to see that one API server has lost its member.
until kubectl apply -f com-dois.yaml; do sleep 2; done
lab wait one
lab answer two predict-two waits
ssh $leader mv /etc/kubernetes/manifests/etcd.yaml /root/
lab wait two/lost
kubectl label configmap com-dois a=b --request-timeout=15s
etcdctl --endpoints=https://$other:2379 get /registry/configmaps/default/com-dois --consistency s
lab wait two
lab answer recover term elections
ssh $leader mv /root/etcd.yaml /etc/kubernetes/manifests/
ssh $first mv /root/etcd.yaml /etc/kubernetes/manifests/
lab wait recover
sleep 10
etcdctl --endpoints=$all member remove $(etcdctl --endpoints=$all member list | grep " $leader," | cut -d, -f1)
lab wait even/shrunk
ssh $other mv /etc/kubernetes/manifests/etcd.yaml /root/
lab wait even/one-of-two
lab answer even tolerance right
