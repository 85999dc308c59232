# Creates the Pod, believes that everything is polled, and never asks why.
# below: 45
# fails: why/smallest
lab answer ask predict-pending refused
kubectl run report --image=nginx --overrides='{"spec":{"containers":[{"name":"report","image":"nginx","resources":{"requests":{"cpu":"5"}}}]}}'
lab wait ask
lab answer why who-cp fit
lab answer why how-many 3
