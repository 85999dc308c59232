# The same from the control-plane machine, with flags instead of variables, and cleaning up with etcdctl.
lab answer door predict-no-cert refused
C='--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
ssh cp-1 etcdctl $C get / --prefix --keys-only --limit=20
lab wait door
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: { name: farol, namespace: default }
data: { luz: branca }
YAML
ssh cp-1 etcdctl $C get /registry/configmaps/default/farol -w fields
lab answer object resource-version mod-revision
lab wait object
lab answer revisions predict-update version mod
kubectl get configmap farol -o yaml | sed 's/branca/vermelha/' | kubectl replace -f -
lab wait revisions/changed
rev=$(kubectl get configmap farol -o jsonpath='{.metadata.resourceVersion}')
ssh cp-1 etcdctl $C get /registry/configmaps/default/farol --rev $((rev - 1))
lab wait revisions
kubectl run vigia --image=nginx
lab answer watching writers apiserver
lab wait watching
lab answer around predict-forged shown
value=$(ssh cp-1 etcdctl $C get /registry/configmaps/default/farol --print-value-only)
ssh cp-1 etcdctl $C put /registry/configmaps/default/Farol_X "'${value//\"farol\"/\"Farol_X\"}'"
lab wait around/forged
ssh cp-1 etcdctl $C del /registry/configmaps/default/Farol_X
lab wait around
lab answer without predict-stop keeps
ssh cp-1 mv /etc/kubernetes/manifests/etcd.yaml /root/
lab wait without/stopped
kubectl get pods --request-timeout=5s
lab wait without/refused
ssh cp-1 mv /root/etcd.yaml /etc/kubernetes/manifests/
lab wait without
