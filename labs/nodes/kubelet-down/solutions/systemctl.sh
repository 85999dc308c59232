# The way the text suggests.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: impatient }
spec:
  nodeSelector: { kubernetes.io/hostname: worker-1 }
  tolerations:
    - { key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 20 }
  containers: [{ name: main, image: nginx }]
YAML
lab wait heartbeat/impatient
lab answer heartbeat renewal 10
lab answer stop predict-containers run
lab answer stop predict-notready grace
ssh worker-1 systemctl stop kubelet
lab wait lost/unknown --timeout=120
lab answer lost why-unknown lifecycle
lab wait lost --timeout=120
lab answer evicted predict-old terminating
lab wait evicted --timeout=600
lab answer back predict-back empty
ssh worker-1 systemctl start kubelet
lab wait back/up --timeout=120
kubectl rollout restart deployment web
lab wait back --timeout=120
