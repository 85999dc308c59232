# Shut down from inside, in another order of looking; a manifest instead of a generator.
kubectl -n kube-system describe lease kube-scheduler
lab answer inventory active etcd apiserver
lab wait inventory
lab answer one-cp predict-cp hiccup
ssh cp-1 systemctl poweroff
lab wait one-cp/off
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 6
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: nginx }] }
YAML
lab wait one-cp
lab answer one-worker predict-worker minutes
ssh worker-1 poweroff
lab wait one-worker
lab answer too-many predict-two errors
virsh shutdown cp-2
lab wait too-many/lost
for machine in worker-1 cp-2 cp-1; do virsh start $machine; done
lab answer too-many cost three-two
lab wait too-many
