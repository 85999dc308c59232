# The way the text suggests.
mkdir -p ~/api && cd ~/api
A=https://10.0.0.10:6443
kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d > ca.crt
kubectl config view --raw -o jsonpath='{.users[0].user.client-certificate-data}' | base64 -d > admin.crt
kubectl config view --raw -o jsonpath='{.users[0].user.client-key-data}' | base64 -d > admin.key
curl $A/version
lab answer door predict-nobody forbidden-then-unauthorized
curl --cacert ca.crt $A/api/v1/namespaces
curl --cacert ca.crt -H 'Authorization: Bearer anything' $A/api/v1/namespaces
lab wait door
k() { curl -sS --cacert ca.crt --cert admin.crt --key admin.key "$@"; }
k $A/apis
kubectl create serviceaccount leitor
T=$(kubectl create token leitor)
curl --cacert ca.crt -H "Authorization: Bearer $T" $A/api/v1/namespaces/default/pods
lab wait identity/known-forbidden
kubectl create rolebinding leitor --clusterrole=view --serviceaccount=default:leitor
curl --cacert ca.crt -H "Authorization: Bearer $T" $A/api/v1/namespaces/default/pods
lab wait identity
k $A/openapi/v3 | head -20
next=$(k "$A/api/v1/pods?limit=2" | jq -r .metadata.continue)
k "$A/api/v1/pods?limit=2&continue=$next"
k "$A/api/v1/pods?fieldSelector=spec.nodeName=cp-1"
lab wait list
C=$A/api/v1/namespaces/default/configmaps
boia='{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"boia"},"data":{"cor":"verde"}}'
k -i -H 'Content-Type: application/json' -d "$boia" $C
lab wait write/created
k -i -H 'Content-Type: application/json' -d "$boia" $C
lab answer write predict-stale conflict
k -o boia.json $C/boia
kubectl patch configmap boia -p '{"data":{"cor":"azul"}}'
k -i -X PUT -H 'Content-Type: application/json' -d @boia.json $C/boia
k -i -H 'Content-Type: application/json' -d '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Boia_2"}}' $C
lab wait write
lab answer watch predict-watch modified
k -N "$C?watch=1" > events &
sleep 5
kubectl patch configmap boia -p '{"data":{"cor":"preta"}}'
lab wait watch/stream
kill %1
cat events
k -i "$C?watch=1&resourceVersion=1"
lab answer watch which-status in-event
lab wait watch
