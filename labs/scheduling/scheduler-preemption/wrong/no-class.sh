# The Pod asks for no class: nothing is preempted.
# below: 45
# fails: urgent/preempted
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: filler }
spec:
  replicas: 4
  selector: { matchLabels: { app: filler } }
  template:
    metadata: { labels: { app: filler } }
    spec:
      terminationGracePeriodSeconds: 2
      containers:
        - name: main
          image: nginx
          resources: { requests: { cpu: 1500m } }
YAML
kubectl create priorityclass urgent --value=1000000
lab wait full
lab answer urgent predict-urgent one
kubectl run urgent --image=nginx --overrides='{"spec":{"containers":[{"name":"urgent","image":"nginx","resources":{"requests":{"cpu":"1500m"}}}]}}'
sleep 10
