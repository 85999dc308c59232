/** Programs of a simulated machine whose answers only the machine knows; others run in the lab shell on the machine's files. */
export const MACHINE_COMMANDS: readonly string[] = [
  'chown', 'crictl', 'date', 'df', 'dmesg', 'du', 'fallocate', 'free', 'halt', 'hostname', 'hostnamectl', 'id', 'ip', 'journalctl', 'kill',
  'killall', 'kubeadm', 'ls', 'mount', 'nproc', 'pgrep', 'pkill', 'poweroff', 'ps', 'reboot', 'shutdown', 'sleep', 'ss', 'stat', 'swapoff',
  'systemctl', 'timedatectl', 'top', 'touch', 'uname', 'uptime', 'whoami',
]; // prettier-ignore
