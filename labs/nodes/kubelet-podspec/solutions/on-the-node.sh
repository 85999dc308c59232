# From inside: a container stopped by crictl, a Pod created anew, another namespace for the static Pod.
lab answer anatomy predict-count 2
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: whereami }
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: alpine
      command: [sh, -c, 'while true; do echo "I am on $(MY_NODE)"; sleep 10; done']
      env: [{ name: MY_NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }]
YAML
lab wait anatomy
lab answer order predict-order init
kubectl exec late -c gate -- sh -c 'echo yes > /gate/open'
lab wait order
lab answer config predict-config file
kubectl create configmap look --from-literal=color=green --dry-run=client -o yaml | kubectl replace -f -
lab wait config/file --timeout=120
ssh worker-1 'crictl stop $(crictl ps -q --name painter)'
lab wait config --timeout=120
kubectl delete pod typo --now
kubectl run typo --image=nginx:1.27-alpine
ssh worker-2 crictl pull docker.io/library/redis:7
lab wait images --timeout=300
lab answer qos predict-qos guaranteed
kubectl apply -n qos -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: gold }
spec:
  containers: [{ name: main, image: redis, resources: { requests: { cpu: 200m, memory: 1Gi }, limits: { cpu: 200m, memory: 1Gi } } }]
---
apiVersion: v1
kind: Pod
metadata: { name: silver }
spec:
  containers:
    - { name: main, image: redis, resources: { limits: { cpu: 200m, memory: 1Gi } } }
    - { name: side, image: nginx }
---
apiVersion: v1
kind: Pod
metadata: { name: bronze }
spec:
  containers: [{ name: main, image: redis }]
YAML
lab wait qos
lab answer static predict-mirror back
printf 'apiVersion: v1\nkind: Pod\nmetadata: { name: lamp, namespace: kube-system }\nspec:\n  containers: [{ name: lamp, image: httpd }]\n' | ssh worker-1 tee /etc/kubernetes/manifests/lamp.yaml
lab wait static/mirror
kubectl delete pod -n kube-system lamp-worker-1
lab wait static/survives
ssh worker-1 mv /etc/kubernetes/manifests/lamp.yaml /root/
lab wait static
