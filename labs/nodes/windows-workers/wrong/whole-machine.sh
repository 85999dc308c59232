# Switches the machine off instead of stopping the kubelet.
# below: 60
# fails: machine/stopped
lab answer look predict-running 2
lab answer look why-image platform
lab answer taint predict-taint stay
kubectl taint node worker-2 os=windows:NoSchedule
kubectl rollout restart deployment site
lab wait taint --timeout=120
lab answer class what-class admission
lab answer machine memory oom
ssh worker-2 Stop-Computer
