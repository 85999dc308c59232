# The way the text suggests.
kubectl label node worker-1 disk=ssd
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: db, labels: { app: db } }
spec:
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions: [{ key: disk, operator: In, values: [ssd] }]
  containers: [{ name: db, image: nginx }]
YAML
lab wait near/placed
lab answer near predict-unlabel stays
kubectl label node worker-1 disk-
lab wait near
lab answer apart predict-apart 2
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - { labelSelector: { matchLabels: { app: web } }, topologyKey: kubernetes.io/hostname }
      containers: [{ name: nginx, image: nginx }]
YAML
lab wait apart
lab answer soft predict-soft waits
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm: { labelSelector: { matchLabels: { app: web } }, topologyKey: kubernetes.io/hostname }
      containers: [{ name: nginx, image: nginx }]
YAML
sleep 5
kubectl scale deployment web --replicas=0
kubectl wait pod -l app=web --for=delete --timeout=60s
kubectl scale deployment web --replicas=3
lab wait soft
