# `-k` hides the refusal, and the administrator is no ServiceAccount.
# below: 20
# fails: door/untrusted
# fails: door/anonymous
# fails: identity/known-forbidden
# fails: identity/certificate
A=https://10.0.0.10:6443
lab answer door predict-nobody both-401
curl -k $A/version
curl -k -H 'Authorization: Bearer anything' $A/api/v1/namespaces
curl -k $A/apis -H 'Authorization: Bearer anything'
