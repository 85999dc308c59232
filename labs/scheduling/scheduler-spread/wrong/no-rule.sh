# Without the rule the scores spread the Pods too, but nothing has to hold: the closed zone stops nobody.
# below: 40
# fails: spread/ad-1
kubectl label node worker-1 topology.kubernetes.io/zone=AD-1
kubectl label node worker-2 topology.kubernetes.io/zone=AD-2
lab wait zones
kubectl create deployment web --image=nginx --replicas=4
kubectl wait deployment/web --for=condition=Available --timeout=60s
kubectl cordon worker-2
lab answer closed predict-closed 4
kubectl scale deployment web --replicas=6
sleep 10
