# Binds everything to the first worker: where it does not fit, and where it scores less.
# below: 60
# fails: bind/heavy bind/light
ssh cp-1 mv /etc/kubernetes/manifests/kube-scheduler.yaml /etc/kubernetes/
lab wait stop/stopped
lab answer stop predict-stopped kubelet
kubectl run light --image=nginx
lab wait stop
lab answer predict fits-heavy both
lab answer predict fits-picky 1
lab answer predict best-light tie
kubectl create -f - <<'YAML'
apiVersion: v1
kind: Binding
metadata: { name: light }
target: { apiVersion: v1, kind: Node, name: worker-1 }
YAML
kubectl run heavy --image=nginx --overrides='{"spec":{"containers":[{"name":"heavy","image":"nginx","resources":{"requests":{"cpu":"2"}}}]}}'
kubectl create -f - <<'YAML'
apiVersion: v1
kind: Binding
metadata: { name: heavy }
target: { apiVersion: v1, kind: Node, name: worker-1 }
YAML
kubectl run picky --image=nginx --overrides='{"spec":{"nodeSelector":{"node-role.kubernetes.io/control-plane":""},"tolerations":[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists"}]}}'
kubectl create -f - <<'YAML'
apiVersion: v1
kind: Binding
metadata: { name: picky }
target: { apiVersion: v1, kind: Node, name: cp-1 }
YAML
sleep 5
