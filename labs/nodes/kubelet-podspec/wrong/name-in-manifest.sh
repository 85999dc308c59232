# Writes the node's name into the manifest.
# below: 20
# fails: anatomy/where-am-i
lab answer anatomy predict-count 3
kubectl run whereami --image=busybox --overrides='{"spec":{"nodeName":"worker-2"}}' -- sh -c 'echo worker-2; sleep 3600'
kubectl wait pod/whereami --for=condition=Ready --timeout=60s
