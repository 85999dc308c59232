const MIB = 1024 ** 2;

/** MiB that the main program of an image holds once it is up, idle and with its own defaults: about what one sees of them. */
const MEBIBYTES: Readonly<Record<string, number>> = {
  'docker.io/library/nginx': 8,
  'docker.io/library/httpd': 10,
  'docker.io/library/caddy': 14,
  'docker.io/library/traefik': 30,
  'docker.io/library/redis': 8,
  'docker.io/library/memcached': 4,
  'docker.io/library/postgres': 40,
  'docker.io/library/mysql': 380,
  'docker.io/library/mariadb': 110,
  'docker.io/library/mongo': 130,
  'docker.io/library/rabbitmq': 140,
  'docker.io/library/registry': 12,
};

/** Bytes; 0 where it is not known. */
export function workingSetOf(repository: string): number {
  return (MEBIBYTES[repository] ?? 0) * MIB;
}
