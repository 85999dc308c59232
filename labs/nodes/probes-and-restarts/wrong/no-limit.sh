# Takes the memory limit away.
# below: 40
# fails: memory/enough
lab answer crash code 78
lab answer crash predict-backoff doubles
kubectl set env deployment/api PORT=8080
lab wait crash
lab answer memory reason signal
kubectl patch deployment report --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/resources"}]'
