# The way the text suggests.
kubectl label node worker-1 topology.kubernetes.io/zone=AD-1
kubectl label node worker-2 topology.kubernetes.io/zone=AD-2
lab wait zones
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: DoNotSchedule
          labelSelector: { matchLabels: { app: web } }
      containers: [{ name: nginx, image: nginx }]
YAML
lab wait spread
kubectl cordon worker-2
lab wait closed/cordoned
lab answer closed predict-closed 5
kubectl scale deployment web --replicas=6
lab wait closed
lab answer open predict-open event
kubectl uncordon worker-2
lab wait open
