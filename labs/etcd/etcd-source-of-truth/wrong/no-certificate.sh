# Never shows a certificate: etcd lets nobody in.
# below: 15
# fails: door/keys
lab answer door predict-no-cert answers
etcdctl --endpoints=https://10.0.0.10:2379 --command-timeout=3s get /registry --prefix --keys-only
