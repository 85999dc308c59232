# Stops the container instead of taking the manifest away: the kubelet starts it again.
# below: 60
# fails: stop/stopped
kubectl create deployment web --image=nginx --replicas=3
lab wait create
lab answer heal predict-delete new-pod
kubectl delete pod "$(kubectl get pods -l app=web -o jsonpath='{.items[0].metadata.name}')"
lab wait heal
ssh cp-1 'crictl stop $(crictl ps -q --name kube-controller-manager)'
