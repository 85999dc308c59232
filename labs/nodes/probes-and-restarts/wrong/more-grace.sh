# A longer grace period: the container is killed later, but still before it is up.
# below: 90
# fails: startup/up
lab answer crash code 78
lab answer crash predict-backoff doubles
kubectl set env deployment/api PORT=8080
lab wait crash
lab answer memory reason signal
kubectl set resources deployment report --limits=memory=256Mi
lab wait memory --timeout=120
lab answer readiness predict-ready out
POD=$(kubectl get pods -l app=web -o jsonpath='{.items[0].metadata.name}')
kubectl exec $POD -- rm /usr/share/nginx/html/healthy
lab wait readiness/out
kubectl exec $POD -- touch /usr/share/nginx/html/healthy
lab wait readiness
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","livenessProbe":{"httpGet":{"path":"/healthy","port":80},"periodSeconds":10,"failureThreshold":3}}]}}}}'
kubectl rollout status deployment web
kubectl exec $(kubectl get pods -l app=web -o jsonpath='{.items[0].metadata.name}') -- rm /usr/share/nginx/html/healthy
lab answer liveness dependency all
lab wait liveness --timeout=120
lab answer startup slow-code liveness
kubectl patch deployment slow -p '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":10}}}}'
