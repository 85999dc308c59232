# Sets the taint, and leaves the Pods that are on Windows already.
# below: 35
# fails: taint/healed
lab answer look predict-running 2
lab answer look why-image platform
lab answer taint predict-taint stay
kubectl taint node worker-2 os=windows:NoSchedule
lab wait taint/tainted
