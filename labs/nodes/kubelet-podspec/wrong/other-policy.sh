# Creates offline anew with another pull policy.
# below: 75
# fails: images/offline
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
kubectl delete pod offline --now
kubectl run offline --image=redis:7
