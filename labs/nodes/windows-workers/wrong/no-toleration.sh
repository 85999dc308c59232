# The RuntimeClass selects Windows, and tolerates nothing: IIS waits.
# below: 45
# fails: class/class
lab answer look predict-running 2
lab answer look why-image platform
lab answer taint predict-taint stay
kubectl taint node worker-2 os=windows:NoSchedule
kubectl rollout restart deployment site
lab wait taint --timeout=120
lab answer class what-class scheduler
kubectl apply -f - <<'YAML'
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: { name: windows-2022 }
handler: runhcs-wcow-process
scheduling: { nodeSelector: { kubernetes.io/os: windows } }
YAML
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: iis }
spec:
  os: { name: windows }
  runtimeClassName: windows-2022
  containers: [{ name: iis, image: "mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2022" }]
YAML
kubectl wait pod/iis --for=condition=PodScheduled=false --timeout=60s
