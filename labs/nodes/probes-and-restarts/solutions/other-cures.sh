# Less memory instead of a higher limit, a deleted Pod instead of a mended one, an exec probe, and a first delay.
lab answer crash code 78
lab answer crash predict-backoff doubles
kubectl patch deployment api -p '{"spec":{"template":{"spec":{"containers":[{"name":"api","env":[{"name":"PORT","value":"3000"}]}]}}}}'
lab wait crash
lab answer memory reason signal
kubectl patch deployment report -p '{"spec":{"template":{"spec":{"containers":[{"name":"report","args":["--vm","1","--vm-bytes","60M","--vm-hang","0"]}]}}}}'
lab wait memory --timeout=120
lab answer readiness predict-ready out
POD=$(kubectl get pods -l app=web -o jsonpath='{.items[1].metadata.name}')
kubectl exec $POD -- sh -c 'mv /usr/share/nginx/html/healthy /tmp/'
lab wait readiness/out
kubectl delete pod $POD
lab wait readiness
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","livenessProbe":{"exec":{"command":["test","-f","/usr/share/nginx/html/healthy"]},"periodSeconds":5,"failureThreshold":5}}]}}}}'
kubectl rollout status deployment web
kubectl exec deploy/web -- rm /usr/share/nginx/html/healthy
lab answer liveness dependency all
lab wait liveness --timeout=120
lab answer startup slow-code liveness
kubectl patch deployment slow -p '{"spec":{"template":{"spec":{"containers":[{"name":"slow","livenessProbe":{"exec":{"command":["cat","/tmp/up"]},"initialDelaySeconds":45,"periodSeconds":5,"failureThreshold":3}}]}}}}'
lab wait startup --timeout=300
