import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
import nodePath from 'node:path';

/** The virtual home folder of the person at the console. */
export const homePath = '/home/learner';

/** Makes the folders a console expects under `root` (kept if present): home, /tmp, /etc with a hosts file. */
export function prepareHome(root: string): void {
  for (const folder of ['home/learner', 'tmp', 'etc'])
    mkdirSync(nodePath.join(root, folder), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    'etc/hostname': 'leme\n',
    'etc/hosts': '127.0.0.1\tlocalhost\n',
    'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nlearner:x:1000:1000:learner:/home/learner:/bin/bash\n',
  };
  for (const [name, text] of Object.entries(files)) {
    const path = nodePath.join(root, name);
    if (!existsSync(path)) writeFileSync(path, text);
  }
}
