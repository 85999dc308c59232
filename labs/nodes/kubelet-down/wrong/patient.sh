# Tolerates 200 s, not 20.
# below: 10
# fails: heartbeat/impatient
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: impatient }
spec:
  nodeSelector: { kubernetes.io/hostname: worker-1 }
  tolerations:
    - { key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 200 }
  containers: [{ name: main, image: nginx }]
YAML
lab answer heartbeat renewal 40
kubectl wait pod/impatient --for=condition=Ready --timeout=60s
