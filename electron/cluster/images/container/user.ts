/** Who the processes of a container run as. `name` is empty where /etc/passwd has none. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly groupName: string;
  readonly home: string;
}

/** What a Pod says of it; absent fields are the image's. */
export interface WantedUser {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
}

function lines(text: string): readonly (readonly string[])[] {
  return text.split('\n').map((line) => line.split(':'));
}

/**
 * The user that an image names (`nginx`, `1000`, `1000:1000`, nothing for root), unless the Pod wants another. Without an entry in
 * /etc/passwd the group is 0. Models moby/sys/user GetExecUser as runtimes use it.
 */
export function containerUser(
  image: string,
  wanted: WantedUser,
  passwd: string,
  group: string,
): ContainerUser {
  const users = lines(passwd);
  const groups = lines(group);
  const [name = '', groupName] = image.split(':');
  const text = wanted.runAsUser === undefined ? (name === '' ? '0' : name) : String(wanted.runAsUser);
  const entry = users.find((fields) => (/^\d+$/.test(text) ? fields[2] === text : fields[0] === text));
  const uid = Number(entry?.[2] ?? (/^\d+$/.test(text) ? text : 0));
  const named = wanted.runAsUser === undefined ? groupName : undefined;
  const ofGroup = groups.find((fields) => fields[0] === named || fields[2] === named);
  const gid =
    wanted.runAsGroup ??
    Number(named === undefined ? (entry?.[3] ?? 0) : (ofGroup?.[2] ?? (/^\d+$/.test(named) ? named : 0)));
  const foundGroup = groups.find((fields) => fields[2] === String(gid));
  return { uid, gid, name: entry?.[0] ?? '', groupName: foundGroup?.[0] ?? '', home: entry?.[5] ?? '/' };
}
