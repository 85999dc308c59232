# Never hands the job back: even the last Pod is bound by hand.
# below: 95
# fails: back/last
ssh cp-1 mv /etc/kubernetes/manifests/kube-scheduler.yaml /etc/kubernetes/
lab wait stop/stopped
lab answer stop predict-stopped kcm
kubectl run light --image=nginx
lab wait stop
lab answer predict fits-heavy worker-2
lab answer predict fits-picky 1
lab answer predict best-light worker-2
kubectl create -f - <<'YAML'
apiVersion: v1
kind: Binding
metadata: { name: light }
target: { apiVersion: v1, kind: Node, name: worker-2 }
YAML
kubectl run heavy --image=nginx --overrides='{"spec":{"containers":[{"name":"heavy","image":"nginx","resources":{"requests":{"cpu":"2"}}}]}}'
kubectl create -f - <<'YAML'
apiVersion: v1
kind: Binding
metadata: { name: heavy }
target: { apiVersion: v1, kind: Node, name: worker-2 }
YAML
kubectl run picky --image=nginx --overrides='{"spec":{"nodeSelector":{"node-role.kubernetes.io/control-plane":""},"tolerations":[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists"}]}}'
kubectl create -f - <<'YAML'
apiVersion: v1
kind: Binding
metadata: { name: picky }
target: { apiVersion: v1, kind: Node, name: cp-1 }
YAML
lab wait bind
kubectl run last --image=nginx
kubectl create -f - <<'YAML'
apiVersion: v1
kind: Binding
metadata: { name: last }
target: { apiVersion: v1, kind: Node, name: worker-2 }
YAML
sleep 5
