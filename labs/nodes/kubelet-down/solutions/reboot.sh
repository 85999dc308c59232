# The Pod is bound by hand; at the end the machine is switched off and on instead, and web is scaled down and up.
kubectl run impatient --image=redis --overrides='{"spec":{"nodeName":"worker-1","tolerations":[{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":20}]}}'
lab wait heartbeat/impatient
lab answer heartbeat renewal 11
lab answer stop predict-containers run
lab answer stop predict-notready grace
ssh worker-1 systemctl stop kubelet.service
lab wait lost/unknown --timeout=120
lab answer lost why-unknown lifecycle
lab wait lost --timeout=120
lab answer evicted predict-old terminating
lab wait evicted --timeout=600
lab answer back predict-back empty
virsh destroy worker-1
virsh start worker-1
lab wait back/up --timeout=240
kubectl scale deployment web --replicas=1
kubectl scale deployment web --replicas=4
lab wait back --timeout=120
