# Asks for two replicas only.
# below: 20
# fails: create/deployment
kubectl create deployment web --image=nginx --replicas=2
kubectl wait deployment/web --for=condition=Available --timeout=120s
