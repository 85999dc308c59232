# The way the text suggests.
lab answer look predict-running 2
lab answer look why-image platform
lab answer taint predict-taint stay
kubectl taint node worker-2 os=windows:NoSchedule
kubectl rollout restart deployment site
lab wait taint --timeout=120
lab answer class what-class admission
kubectl apply -f - <<'YAML'
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: { name: windows-2022 }
handler: runhcs-wcow-process
scheduling:
  nodeSelector: { kubernetes.io/os: windows, node.kubernetes.io/windows-build: 10.0.20348 }
  tolerations: [{ key: os, operator: Equal, value: windows, effect: NoSchedule }]
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
lab wait class --timeout=300
lab answer machine memory refused
ssh worker-2 'Get-Service kubelet,containerd; Stop-Service kubelet'
lab wait machine/stopped
ssh worker-2 'Start-Service kubelet'
lab wait machine
lab answer control-plane predict-static image
ssh cp-1 cat /etc/kubernetes/manifests/kube-scheduler.yaml | ssh worker-2 '$input | Set-Content C:\etc\kubernetes\manifests\kube-scheduler.yaml'
lab wait control-plane/static --timeout=120
lab answer control-plane why-linux built
ssh worker-2 'Remove-Item C:\etc\kubernetes\manifests\kube-scheduler.yaml'
lab wait control-plane --timeout=120
