# The way the text suggests.
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
kubectl run urgent --image=nginx --overrides='{"spec":{"priorityClassName":"urgent","containers":[{"name":"urgent","image":"nginx","resources":{"requests":{"cpu":"1500m"}}}]}}'
lab wait urgent/runs
kubectl explain-scheduling urgent
lab answer urgent attempts 2
lab wait urgent
kubectl create priorityclass patient --value=1000 --preemption-policy=Never
kubectl run patient --image=nginx --overrides='{"spec":{"priorityClassName":"patient","containers":[{"name":"patient","image":"nginx","resources":{"requests":{"cpu":"1500m"}}}]}}'
lab wait patient/polite
lab answer patient predict-turn priority
kubectl delete pod $(kubectl get pods -l app=filler --field-selector status.phase=Running -o jsonpath='{.items[0].metadata.name}')
lab wait patient
