/** The flags of crictl's lists; a letter means one thing in all of them but where a subcommand says otherwise. */
export const FLAGS = {
  '-a': 'a', '--all': 'a', '-q': 'q', '--quiet': 'q', '-f': 'f', '--force': 'f', '--no-trunc': 'no-trunc', '-v': 'v', '--verbose': 'v',
  '--digests': 'digests', '--prune': 'prune', '-l': 'latest', '--latest': 'latest', '-k': 'k', '--keep-logs': 'k',
}; // prettier-ignore

export const VALUES = {
  '--id': 'id', '--name': 'name', '--pod': 'pod', '-p': 'pod', '--state': 'state', '-s': 'state', '--namespace': 'namespace', '--image': 'image',
  '--label': 'label', '-o': 'o', '--output': 'o', '--template': 'template', '-n': 'last', '--last': 'last', '--timeout': 'timeout', '-t': 'timeout',
}; // prettier-ignore
