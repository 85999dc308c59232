# A liveness probe that restarts at the first failure.
# below: 70
# fails: liveness/restarts-late
lab answer crash code 78
lab answer crash predict-backoff doubles
kubectl set env deployment/api PORT=8080
lab wait crash
lab answer memory reason signal
kubectl set resources deployment report --limits=memory=256Mi
lab wait memory --timeout=120
lab answer readiness predict-ready restart
POD=$(kubectl get pods -l app=web -o jsonpath='{.items[0].metadata.name}')
kubectl exec $POD -- rm /usr/share/nginx/html/healthy
lab wait readiness/out
kubectl exec $POD -- touch /usr/share/nginx/html/healthy
lab wait readiness
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","livenessProbe":{"httpGet":{"path":"/healthy","port":80},"periodSeconds":2,"failureThreshold":1}}]}}}}'
kubectl rollout status deployment web
kubectl exec $(kubectl get pods -l app=web -o jsonpath='{.items[0].metadata.name}') -- rm /usr/share/nginx/html/healthy
lab answer liveness dependency better
