# Labels the node before the Pod exists: it never waits, and nothing wakes it.
# below: 75
# fails: wake/woken
lab answer ask predict-pending waits
kubectl run report --image=nginx --overrides='{"spec":{"containers":[{"name":"report","image":"nginx","resources":{"requests":{"cpu":"5"}}}]}}'
lab wait ask
kubectl explain-scheduling report --node worker-1
lab answer why who-cp taint
lab answer why how-many 2
kubectl label node worker-2 disk=ssd
kubectl run archive --image=nginx --overrides='{"spec":{"nodeSelector":{"disk":"ssd"}}}'
lab answer wake predict-wake event
kubectl wait pod/archive --for=condition=Ready --timeout=60s
