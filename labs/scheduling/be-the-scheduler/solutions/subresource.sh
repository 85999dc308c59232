# The same by the subresource of each Pod, with the manifest in another place.
ssh cp-1 mv /etc/kubernetes/manifests/kube-scheduler.yaml /tmp/
lab wait stop/stopped
lab answer stop predict-stopped quiet
kubectl run light --image=nginx
lab wait stop
lab answer predict fits-heavy worker-2
lab answer predict fits-picky 1
lab answer predict best-light worker-2
echo '{"apiVersion":"v1","kind":"Binding","metadata":{"name":"light"},"target":{"apiVersion":"v1","kind":"Node","name":"worker-2"}}' |
  kubectl create --raw /api/v1/namespaces/default/pods/light/binding -f -
kubectl run picky --image=nginx --overrides='{"spec":{"nodeSelector":{"node-role.kubernetes.io/control-plane":""},"tolerations":[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists"}]}}'
echo '{"apiVersion":"v1","kind":"Binding","metadata":{"name":"picky"},"target":{"apiVersion":"v1","kind":"Node","name":"cp-1"}}' |
  kubectl create --raw /api/v1/namespaces/default/pods/picky/binding -f -
kubectl run heavy --image=nginx --overrides='{"spec":{"containers":[{"name":"heavy","image":"nginx","resources":{"requests":{"cpu":"2"}}}]}}'
echo '{"apiVersion":"v1","kind":"Binding","metadata":{"name":"heavy"},"target":{"apiVersion":"v1","kind":"Node","name":"worker-2"}}' |
  kubectl create --raw /api/v1/namespaces/default/pods/heavy/binding -f -
lab wait bind
ssh cp-1 mv /tmp/kube-scheduler.yaml /etc/kubernetes/manifests/
kubectl run last --image=nginx
lab wait back
