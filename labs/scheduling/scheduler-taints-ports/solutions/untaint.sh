# The node is no longer reserved: another way to a free port.
kubectl taint node worker-1 dedicated=batch:NoSchedule
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: plain }
spec:
  containers: [{ name: main, image: nginx }]
YAML
lab wait repel
lab answer allow predict-tolerate both
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: job }
spec:
  nodeSelector: { kubernetes.io/hostname: worker-1 }
  tolerations: [{ key: dedicated, value: batch, effect: NoSchedule }]
  containers: [{ name: main, image: nginx }]
YAML
lab wait allow
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: web-a }
spec:
  containers: [{ name: main, image: nginx, ports: [{ containerPort: 80, hostPort: 8080 }] }]
YAML
lab wait ports/first
lab answer ports predict-port waits
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: web-b }
spec:
  containers: [{ name: main, image: nginx, ports: [{ containerPort: 80, hostPort: 8080 }] }]
YAML
lab wait ports
kubectl taint node worker-1 dedicated-
lab wait solve
