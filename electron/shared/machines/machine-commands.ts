/** Programs of a simulated machine whose answers only the machine knows; others run in the lab shell on the machine's files. */
export const MACHINE_COMMANDS: readonly string[] = [
  'apt', 'apt-cache', 'apt-get', 'apt-mark', 'chown', 'crictl', 'ctr', 'date', 'df', 'dmesg', 'docker', 'dpkg', 'du', 'fallocate', 'free', 'halt', 'hostname', 'hostnamectl', 'id', 'ip', 'journalctl', 'kill',
  'killall', 'kubeadm', 'kubelet', 'ls', 'mount', 'nerdctl', 'nproc', 'openssl', 'pgrep', 'pkill', 'poweroff', 'ps', 'reboot', 'shutdown', 'sleep', 'ss', 'stat', 'swapoff',
  'systemctl', 'timedatectl', 'top', 'touch', 'uname', 'uptime', 'whoami',
]; // prettier-ignore
