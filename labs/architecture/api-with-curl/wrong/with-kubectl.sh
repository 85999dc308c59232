# Opens the door with curl, then lets kubectl write: no POST or PUT of curl, and no conflict, is ever met.
# below: 60
# fails: write/created
# fails: write/exists
# fails: write/conflict
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
lab answer write predict-stale last-wins
kubectl create configmap boia --from-literal=cor=verde
kubectl create configmap boia --from-literal=cor=verde
kubectl patch configmap boia -p '{"data":{"cor":"azul"}}'
