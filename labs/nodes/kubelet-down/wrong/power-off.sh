# Switches the machine off instead of stopping the kubelet: no container runs on.
# below: 40
# fails: stop/stopped
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
lab answer stop predict-containers stop
lab answer stop predict-notready grace
virsh destroy worker-1
