# The way the text suggests.
lab answer anatomy predict-count 2
kubectl run whereami --image=busybox --overrides='{"spec":{"containers":[{"name":"whereami","image":"busybox","command":["sh","-c","echo $NODE; sleep 3600"],"env":[{"name":"NODE","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}}]}]}}'
lab wait anatomy
lab answer order predict-order init
kubectl exec late -c gate -- touch /gate/open
lab wait order
lab answer config predict-config file
kubectl patch configmap look -p '{"data":{"color":"green"}}'
lab wait config/file --timeout=120
kubectl rollout restart deployment shop
lab wait config
kubectl set image pod/typo web=nginx:1.27-alpine
ssh worker-2 crictl pull redis:7
lab wait images --timeout=300
lab answer qos predict-qos guaranteed
kubectl run a -n qos --image=nginx --overrides='{"spec":{"containers":[{"name":"a","image":"nginx","resources":{"limits":{"cpu":"100m","memory":"64Mi"}}}]}}'
kubectl run b -n qos --image=nginx --overrides='{"spec":{"containers":[{"name":"b","image":"nginx","resources":{"requests":{"memory":"64Mi"}}}]}}'
kubectl run c -n qos --image=nginx
lab wait qos
lab answer static predict-mirror back
kubectl run beacon --image=nginx --dry-run=client -o yaml | ssh worker-1 tee /etc/kubernetes/manifests/beacon.yaml
lab wait static/mirror
kubectl delete pod beacon-worker-1
lab wait static/survives
ssh worker-1 rm /etc/kubernetes/manifests/beacon.yaml
lab wait static
