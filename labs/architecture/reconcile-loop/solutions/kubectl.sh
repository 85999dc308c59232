# The way the text suggests.
kubectl create deployment web --image=nginx --replicas=3
kubectl wait deployment/web --for=condition=Available --timeout=120s
lab wait create
lab answer heal predict-delete new-pod
kubectl delete pod "$(kubectl get pods -l app=web -o jsonpath='{.items[0].metadata.name}')"
lab wait heal
ssh cp-1 mv /etc/kubernetes/manifests/kube-controller-manager.yaml /etc/kubernetes/
lab wait stop/stopped
lab answer stop predict-stopped two-left
kubectl delete pod "$(kubectl get pods -l app=web -o jsonpath='{.items[0].metadata.name}')"
lab wait nobody/two-left
lab answer nobody stale-status nobody-writes
lab answer start-again predict-restart creates-one
ssh cp-1 mv /etc/kubernetes/kube-controller-manager.yaml /etc/kubernetes/manifests/
lab wait start-again
kubectl scale deployment web --replicas=5
lab answer desired who-created kcm
lab wait desired
