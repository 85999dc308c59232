# The package is on hold: nothing is upgraded, and the old kubelet starts again.
# below: 40
# fails: surprise/failed
lab answer warning where kubelet
lab answer warning gone 24
lab answer surprise predict-kubelet refuses
lab answer surprise predict-containers run
ssh worker-2 apt-get install -y kubelet=1.24.17-1.1
ssh worker-2 systemctl restart kubelet
