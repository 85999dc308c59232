# kubectl trusts the CA, presents the certificate and writes for the learner: nothing of the door is met.
# below: 30
# fails: door/untrusted
# fails: door/anonymous
# fails: door/wrong-token
# fails: identity/known-forbidden
# fails: write/created
# fails: write/conflict
kubectl get --raw /apis
kubectl create configmap boia --from-literal=cor=verde
kubectl create configmap boia --from-literal=cor=verde
kubectl patch configmap boia -p '{"data":{"cor":"azul"}}'
