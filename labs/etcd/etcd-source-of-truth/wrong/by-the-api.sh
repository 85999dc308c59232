# Tries to make the forbidden ConfigMap through the API, which refuses it.
# below: 75
# fails: around/forged
lab answer door predict-no-cert refused
export ETCDCTL_ENDPOINTS=https://10.0.0.10:2379
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt
export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key
etcdctl get /registry --prefix --keys-only
kubectl create configmap farol --from-literal=luz=branca
etcdctl get /registry/configmaps/default/farol
lab answer object resource-version mod-revision
lab answer revisions predict-update mod version
kubectl patch configmap farol -p '{"data":{"luz":"vermelha"}}'
lab wait revisions/changed
etcdctl get /registry/configmaps/default/farol --rev=$(kubectl get configmap farol -o jsonpath='{.metadata.resourceVersion}')
kubectl run vigia --image=nginx
kubectl wait --for=condition=Ready pod/vigia --timeout=60s
lab answer watching writers apiserver
lab wait watching
lab answer around predict-forged shown
kubectl create configmap Farol_X --from-literal=luz=branca
