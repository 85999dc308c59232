/**
 * Passes what ends this program on to the one it started. A Ctrl-C at a terminal reaches both by itself, and a
 * second one would cut the child's orderly end short.
 */
export function passSignals(child) {
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
}
