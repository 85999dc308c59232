# Deletes the Pod through the API instead of stopping one container underneath it.
# below: 20
# fails: layers/stopped
lab answer layers sandbox sandbox
lab answer layers predict-stop new-container
kubectl delete pod -l app=pair
kubectl wait pod -l app=pair --for=condition=Ready --timeout=60s
