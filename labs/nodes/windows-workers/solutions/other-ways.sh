# The site says by itself that it is for Linux; IIS is a Deployment; sc.exe and nssm instead of cmdlets.
lab answer look predict-running 2
lab answer look why-image platform
lab answer taint predict-taint stay
kubectl taint node worker-2 os=windows:NoSchedule
kubectl patch deployment site -p '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/os":"linux"}}}}}'
lab wait taint --timeout=120
lab answer class what-class admission
kubectl apply -f - <<'YAML'
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: { name: ours }
handler: runhcs-wcow-process
scheduling:
  nodeSelector: { kubernetes.io/os: windows }
  tolerations: [{ operator: Exists }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: intranet }
spec:
  selector: { matchLabels: { app: intranet } }
  template:
    metadata: { labels: { app: intranet } }
    spec:
      os: { name: windows }
      runtimeClassName: ours
      containers: [{ name: iis, image: "mcr.microsoft.com/windows/servercore/iis:ltsc2022" }]
YAML
lab wait class --timeout=300
lab answer machine memory refused
ssh worker-2 sc.exe stop kubelet
lab wait machine/stopped
ssh worker-2 nssm start kubelet
lab wait machine
lab answer control-plane predict-static image
ssh cp-1 cat /etc/kubernetes/manifests/kube-scheduler.yaml | ssh worker-2 '$input | Set-Content C:\etc\kubernetes\manifests\kube-scheduler.yaml'
lab wait control-plane/static --timeout=120
ssh worker-2 'del C:\etc\kubernetes\manifests\*.yaml'
lab answer control-plane why-linux built
lab wait control-plane --timeout=120
