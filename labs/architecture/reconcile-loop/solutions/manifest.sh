# The same with a manifest, a label and crictl's knowledge of the node: other words, same meaning.
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: nginx
          image: nginx
YAML
lab wait create
lab answer heal predict-delete new-pod
kubectl get pods -l app=web -o name | head -1 | xargs kubectl delete
lab wait heal
ssh cp-1 mv /etc/kubernetes/manifests/kube-controller-manager.yaml /tmp/
lab wait stop/stopped
lab answer stop predict-stopped two-left
kubectl get pods -l app=web -o name | tail -1 | xargs kubectl delete
lab wait nobody/two-left
lab answer nobody stale-status nobody-writes
lab answer start-again predict-restart creates-one
ssh cp-1 mv /tmp/kube-controller-manager.yaml /etc/kubernetes/manifests/
lab wait start-again
kubectl patch deployment web -p '{"spec":{"replicas":5}}'
lab answer desired who-created kcm
lab wait desired
