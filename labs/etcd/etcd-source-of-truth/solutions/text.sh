# The way the text suggests.
lab answer door predict-no-cert refused
export ETCDCTL_ENDPOINTS=https://10.0.0.10:2379
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
etcdctl get /registry --prefix --keys-only
lab wait door
kubectl create configmap farol --from-literal=luz=branca
etcdctl get /registry/configmaps/default/farol
lab answer object resource-version mod-revision
lab wait object
lab answer revisions predict-update mod version
kubectl patch configmap farol -p '{"data":{"luz":"vermelha"}}'
lab wait revisions/changed
created=$(etcdctl get /registry/configmaps/default/farol -w fields | grep CreateRevision | awk '{print $3}')
etcdctl get /registry/configmaps/default/farol --rev=$created
lab wait revisions
etcdctl watch --prefix /registry/pods/default > pods.log &
kubectl run vigia --image=nginx
kubectl wait --for=condition=Ready pod/vigia --timeout=60s
kill %1
lab answer watching writers apiserver
lab wait watching
lab answer around predict-forged shown
etcdctl get /registry/configmaps/default/farol --print-value-only | sed 's/"farol"/"Farol_X"/' | etcdctl put /registry/configmaps/default/Farol_X
lab wait around/forged
kubectl delete configmap Farol_X
lab wait around
lab answer without predict-stop keeps
ssh cp-1 mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/
lab wait without/stopped
kubectl get configmap farol --request-timeout=5s
lab wait without/refused
ssh cp-1 mv /etc/kubernetes/etcd.yaml /etc/kubernetes/manifests/
lab wait without
