# Runs the Pod there by name instead of by affinity.
# below: 30
# fails: near/placed
kubectl label node worker-1 disk=ssd
kubectl run db --image=nginx --overrides='{"spec":{"nodeName":"worker-1"}}'
kubectl wait pod/db --for=condition=Ready --timeout=60s
