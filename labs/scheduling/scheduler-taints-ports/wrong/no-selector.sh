# Believes that a toleration draws the Pod, and never frees a place for the second web.
# below: 50
# fails: allow/job
kubectl taint node worker-1 dedicated=batch:NoSchedule
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: plain }
spec:
  containers: [{ name: main, image: nginx }]
YAML
lab wait repel
lab answer allow predict-tolerate only
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: job }
spec:
  nodeSelector: { kubernetes.io/hostname: worker-2 }
  tolerations: [{ key: dedicated, value: batch, effect: NoSchedule }]
  containers: [{ name: main, image: nginx }]
YAML
kubectl wait pod/job --for=condition=Ready --timeout=60s
