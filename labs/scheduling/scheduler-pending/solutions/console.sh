# The way the text suggests.
lab answer ask predict-pending waits
kubectl run report --image=nginx --overrides='{"spec":{"containers":[{"name":"report","image":"nginx","resources":{"requests":{"cpu":"5"}}}]}}'
lab wait ask
kubectl explain-scheduling report
kubectl explain-scheduling report --node worker-1
lab answer why who-cp taint
lab answer why how-many 2
kubectl run archive --image=nginx --overrides='{"spec":{"nodeSelector":{"disk":"ssd"}}}'
lab wait wake/archive
lab answer wake predict-wake event
sleep 2
kubectl label node worker-2 disk=ssd
lab wait wake
kubectl delete pod report
kubectl run report --image=nginx --overrides='{"spec":{"containers":[{"name":"report","image":"nginx","resources":{"requests":{"cpu":"2"}}}]}}'
lab wait fit
