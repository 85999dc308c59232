# Does everything, predicts and answers wrongly.
# below: 70
kubectl get nodes
lab answer machines workers 3
kubectl get pods -A
lab answer components stores apiserver
lab answer components everywhere scheduler
lab answer first-pod who-chooses kubelet
kubectl run hello --image=nginx
lab wait first-pod
lab answer no-owner predict-gone comes-back
kubectl delete pod hello
lab wait no-owner
