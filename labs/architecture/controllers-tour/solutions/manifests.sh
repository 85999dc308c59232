# Manifests, another order, the whole manifest taken away and put back, and the old name of the controller.
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: main, image: 'nginx:1.27' }]
YAML
lab wait chain/ready
lab answer chain who replicaset deployment
lab answer unasked predict-namespace two
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Namespace
metadata: { name: team }
YAML
lab wait unasked/made
kubectl delete sa --all -n team
lab wait unasked
lab answer one-off predict-job stored
ssh cp-1 mv /etc/kubernetes/manifests/kube-controller-manager.yaml /root/kcm.yaml
ssh cp-1 sed -i 's/--controllers=.*/--controllers=*,-job/' /root/kcm.yaml
ssh cp-1 mv /root/kcm.yaml /etc/kubernetes/manifests/kube-controller-manager.yaml
lab wait one-off/disabled
kubectl create -f - <<'YAML'
apiVersion: batch/v1
kind: Job
metadata: { name: pi }
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: pi, image: busybox, command: [sh, -c, 'echo 3.14159'] }]
YAML
lab wait one-off/idle
kubectl patch deployment web -p '{"spec":{"replicas":3}}'
lab wait one-off
lab answer leader predict-wait 15
ssh cp-1 sed -i 's/,-job$//' /etc/kubernetes/manifests/kube-controller-manager.yaml
lab wait leader
lab answer orphan predict-orphan replicaset
kubectl delete deploy/web --cascade=orphan
lab wait orphan/orphaned
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: other-name }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: main, image: 'nginx:1.27' }]
YAML
lab wait orphan
lab answer farewell predict-terminating last
kubectl run alone --image=redis -n team
lab wait farewell/filled
kubectl delete ns team
lab wait farewell
