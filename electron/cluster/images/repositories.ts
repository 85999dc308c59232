import type { Behaviour, Repository } from './interface.ts';
import { windowsRepositories } from './windows-repositories.ts';

const MB = 1_000_000;

function server(ready: string, exitCode = 0, shutdownMs = 60): Behaviour {
  return { type: 'server', ready, exitCode, shutdownMs };
}

const SHELL: Behaviour = { type: 'shell' };
const VERSION = String.raw`(latest|v?\d+(\.\d+){0,3})`;

function tags(...extra: readonly string[]): RegExp {
  return new RegExp(`^(${[VERSION, ...extra].join('|')})$`);
}

/** `1.27-alpine`, `1.27.0-alpine3.19`, `alpine`, `bookworm` …: the variants that official images come in. */
const VARIANTS = String.raw`((v?\d+(\.\d+){0,3}|stable|mainline|lts)-)?(alpine(\d+\.\d+)?|slim|perl|bookworm|bullseye|trixie|slim-bookworm|alpine-slim|jammy|noble)`;
const OFFICIAL = tags(VARIANTS, 'stable', 'mainline', 'lts', 'edge', String.raw`\d+\.\d+\.\d+-?(rc|beta)\d+`);

interface Row {
  readonly mb: number;
  readonly layers?: number;
  readonly entrypoint?: readonly string[];
  readonly cmd: readonly string[];
  readonly user?: string;
  readonly ports?: readonly number[];
  readonly tags?: RegExp;
  readonly does: Behaviour;
  readonly shell?: boolean;
  readonly needs?: Repository['needs'];
}

const DOCKER_ENTRYPOINT = ['docker-entrypoint.sh'];

const DOCKER_LIBRARY: Readonly<Record<string, Row>> = {
  nginx: {
    mb: 72.9,
    layers: 7,
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['nginx', '-g', 'daemon off;'],
    ports: [80],
    does: server('start worker processes'),
  },
  httpd: {
    mb: 58.9,
    layers: 6,
    cmd: ['httpd-foreground'],
    ports: [80],
    does: server("Command line: 'httpd -D FOREGROUND'"),
  },
  caddy: {
    mb: 21.3,
    layers: 5,
    cmd: ['caddy', 'run', '--config', '/etc/caddy/Caddyfile'],
    ports: [80, 443],
    does: server('serving initial configuration'),
  },
  haproxy: {
    mb: 45.1,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['haproxy', '-f', '/usr/local/etc/haproxy/haproxy.cfg'],
    does: {
      type: 'one-shot',
      lines: [
        '[ALERT] Cannot open configuration file/directory /usr/local/etc/haproxy/haproxy.cfg : No such file or directory',
      ],
      exitCode: 1,
    },
  },
  traefik: {
    mb: 48.4,
    entrypoint: ['/entrypoint.sh'],
    cmd: ['traefik'],
    ports: [80],
    does: server('Starting provider aggregator'),
  },
  redis: {
    mb: 52.5,
    layers: 7,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['redis-server'],
    ports: [6379],
    does: server('Ready to accept connections tcp'),
  },
  valkey: {
    mb: 46.2,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['valkey-server'],
    ports: [6379],
    does: server('Ready to accept connections tcp'),
  },
  memcached: {
    mb: 32.1,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['memcached'],
    user: 'memcache',
    ports: [11211],
    does: server('server listening'),
  },
  mysql: {
    mb: 240.7,
    layers: 10,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['mysqld'],
    ports: [3306, 33060],
    does: server('mysqld: ready for connections.', 0, 900),
    needs: {
      oneOf: ['MYSQL_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD'],
      text: 'Database is uninitialized and password option is not specified',
    },
  },
  mariadb: {
    mb: 105.3,
    layers: 8,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['mariadbd'],
    ports: [3306],
    does: server('mariadbd: ready for connections.', 0, 600),
    needs: {
      oneOf: [
        'MARIADB_ROOT_PASSWORD',
        'MARIADB_ROOT_PASSWORD_HASH',
        'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD',
        'MARIADB_RANDOM_ROOT_PASSWORD',
        'MYSQL_ROOT_PASSWORD',
      ],
      text: 'Database is uninitialized and password option is not specified',
    },
  },
  postgres: {
    mb: 156.2,
    layers: 14,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['postgres'],
    ports: [5432],
    does: server('database system is ready to accept connections', 0, 300),
    needs: {
      oneOf: ['POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_HOST_AUTH_METHOD'],
      text: 'Error: Database is uninitialized and superuser password is not specified.',
    },
  },
  mongo: {
    mb: 286.1,
    layers: 8,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['mongod'],
    ports: [27017],
    does: server('Waiting for connections', 0, 400),
  },
  rabbitmq: {
    mb: 110.8,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['rabbitmq-server'],
    ports: [5672],
    does: server('Server startup complete', 0, 800),
  },
  nats: {
    mb: 7.1,
    entrypoint: ['/nats-server'],
    cmd: ['--config', 'nats-server.conf'],
    ports: [4222],
    does: server('Server is ready'),
    shell: false,
  },
  tomcat: {
    mb: 192.4,
    cmd: ['catalina.sh', 'run'],
    ports: [8080],
    does: server('Server startup in [612] milliseconds', 143),
  },
  wordpress: {
    mb: 243.5,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['apache2-foreground'],
    ports: [80],
    does: server("Command line: 'apache2 -D FOREGROUND'"),
  },
  registry: {
    mb: 17.1,
    entrypoint: ['/entrypoint.sh'],
    cmd: ['/etc/distribution/config.yml'],
    ports: [5000],
    does: server('listening on [::]:5000'),
  },
  consul: {
    mb: 44.9,
    entrypoint: DOCKER_ENTRYPOINT,
    cmd: ['agent', '-dev'],
    ports: [8500],
    does: server('Consul agent running!'),
  },
  zookeeper: {
    mb: 117.3,
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['zkServer.sh', 'start-foreground'],
    ports: [2181],
    does: server('Started AdminServer'),
  },
  busybox: {
    mb: 2.2,
    layers: 1,
    cmd: ['sh'],
    tags: tags(String.raw`(\d+(\.\d+){0,2}-|stable-)?(musl|glibc|uclibc)`, 'stable', 'unstable'),
    does: SHELL,
  },
  alpine: { mb: 3.8, layers: 1, cmd: ['/bin/sh'], does: SHELL },
  debian: {
    mb: 48.5,
    layers: 1,
    cmd: ['bash'],
    tags: tags(String.raw`(bookworm|bullseye|trixie|sid|stable|testing)(-slim)?`),
    does: SHELL,
  },
  ubuntu: {
    mb: 29.7,
    layers: 1,
    cmd: ['/bin/bash'],
    tags: tags(String.raw`(jammy|noble|focal|rolling|devel)`),
    does: SHELL,
  },
  fedora: { mb: 66.4, layers: 1, cmd: ['/bin/bash'], does: SHELL },
  oraclelinux: {
    mb: 90.1,
    layers: 1,
    cmd: ['/bin/bash'],
    tags: tags(String.raw`\d+-slim(-fips)?`),
    does: SHELL,
  },
  bash: { mb: 6.8, entrypoint: DOCKER_ENTRYPOINT, cmd: ['bash'], does: SHELL },
  python: { mb: 361.2, layers: 7, cmd: ['python3'], does: SHELL },
  node: { mb: 388.9, layers: 8, entrypoint: DOCKER_ENTRYPOINT, cmd: ['node'], does: SHELL },
  golang: { mb: 297.4, layers: 7, cmd: ['bash'], does: SHELL },
  ruby: { mb: 352.5, layers: 7, cmd: ['irb'], does: SHELL },
  php: {
    mb: 172.6,
    layers: 9,
    entrypoint: ['docker-php-entrypoint'],
    cmd: ['php', '-a'],
    tags: tags(VARIANTS, String.raw`\d+(\.\d+)*-(apache|fpm|cli)`),
    does: SHELL,
  },
  'eclipse-temurin': {
    mb: 226.9,
    cmd: ['jshell'],
    tags: tags(String.raw`\d+-(jdk|jre)(-alpine|-jammy|-noble)?`),
    does: SHELL,
  },
  'hello-world': {
    mb: 0.01,
    layers: 1,
    cmd: ['/hello'],
    tags: tags('linux'),
    shell: false,
    does: { type: 'one-shot', lines: ['Hello from Docker!'], exitCode: 0 },
  },
};

const ELSEWHERE: Readonly<Record<string, Row>> = {
  'docker.io/bitnami/nginx': {
    mb: 65.1,
    entrypoint: ['/opt/bitnami/scripts/nginx/entrypoint.sh'],
    cmd: ['/opt/bitnami/scripts/nginx/run.sh'],
    user: '1001',
    ports: [8080],
    does: server('** Starting NGINX **'),
  },
  'docker.io/nginxinc/nginx-unprivileged': {
    mb: 72.4,
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['nginx', '-g', 'daemon off;'],
    user: '101',
    ports: [8080],
    does: server('start worker processes'),
  },
  'docker.io/hashicorp/http-echo': {
    mb: 3.9,
    entrypoint: ['/http-echo'],
    cmd: [],
    ports: [5678],
    shell: false,
    does: server('server is listening on :5678'),
  },
  'docker.io/traefik/whoami': {
    mb: 2.8,
    entrypoint: ['/whoami'],
    cmd: [],
    ports: [80],
    shell: false,
    does: server('Starting up on port 80', 2),
  },
  'docker.io/curlimages/curl': { mb: 9.6, entrypoint: ['/entrypoint.sh'], cmd: ['curl'], does: SHELL },
  'docker.io/nicolaka/netshoot': { mb: 204.3, cmd: ['zsh'], does: SHELL },
  'docker.io/grafana/grafana': {
    mb: 140.8,
    entrypoint: ['/run.sh'],
    cmd: [],
    user: '472',
    ports: [3000],
    does: server('HTTP Server Listen'),
  },
  'docker.io/prom/prometheus': {
    mb: 107.9,
    entrypoint: ['/bin/prometheus'],
    cmd: ['--config.file=/etc/prometheus/prometheus.yml'],
    user: 'nobody',
    ports: [9090],
    does: server('Server is ready to receive web requests.'),
  },
  'docker.io/kicbase/echo-server': {
    mb: 1.9,
    cmd: ['/app/echo-server'],
    ports: [8080],
    tags: tags(),
    shell: false,
    does: server('Echo server listening on port 8080.'),
  },
  'quay.io/prometheus/node-exporter': {
    mb: 11.4,
    entrypoint: ['/bin/node_exporter'],
    cmd: [],
    user: 'nobody',
    ports: [9100],
    does: server('Listening on address=[::]:9100'),
  },
  'gcr.io/google-samples/hello-app': {
    mb: 11.8,
    cmd: ['./hello-app'],
    ports: [8080],
    shell: false,
    does: server('Server listening on port 8080', 2),
  },
  'docker.io/polinux/stress': { mb: 4.1, layers: 2, cmd: ['/usr/local/bin/stress'], does: SHELL },
  'registry.k8s.io/pause': {
    mb: 0.32,
    layers: 1,
    entrypoint: ['/pause'],
    cmd: [],
    user: '65535',
    shell: false,
    does: server('', 0, 1),
  },
  'registry.k8s.io/e2e-test-images/agnhost': {
    mb: 53.1,
    entrypoint: ['/agnhost'],
    cmd: ['pause'],
    does: server('Paused'),
  },
  'registry.k8s.io/echoserver': {
    mb: 43.4,
    cmd: ['nginx', '-g', 'daemon off;'],
    ports: [8080],
    does: server('start worker processes'),
  },
  'registry.k8s.io/hpa-example': {
    mb: 166.0,
    cmd: ['apache2-foreground'],
    ports: [80],
    does: server("Command line: 'apache2 -D FOREGROUND'"),
  },
};

/** Storage drivers; they too are run by the cluster. */
const STORAGE: Readonly<Record<string, Row>> = {
  'docker.io/rancher/local-path-provisioner': {
    mb: 17.8,
    cmd: ['local-path-provisioner'],
    shell: false,
    does: server(''),
  },
  'ghcr.io/oracle/cloud-provider-oci': {
    mb: 118.2,
    layers: 12,
    cmd: ['/usr/local/bin/oci-csi-node-driver'],
    shell: false,
    does: server(''),
  },
};

const CONTROL_PLANE = tags(String.raw`\d+\.\d+\.\d+-\d+`);

/** The control plane's images: what runs in them is given by the cluster, not by the catalogue. */
const KUBERNETES: Readonly<Record<string, number>> = {
  'registry.k8s.io/kube-apiserver': 27.1,
  'registry.k8s.io/kube-controller-manager': 22.8,
  'registry.k8s.io/kube-scheduler': 17.4,
  'registry.k8s.io/kube-proxy': 25.9,
  'registry.k8s.io/etcd': 73.1,
};

/** Repositories whose index has an image for Windows too. */
const ON_BOTH: ReadonlySet<string> = new Set([
  'registry.k8s.io/pause',
  'registry.k8s.io/e2e-test-images/agnhost',
]);

function build(name: string, row: Row): Repository {
  return {
    name,
    tags: row.tags ?? OFFICIAL,
    size: Math.round(row.mb * MB),
    layers: row.layers ?? 5,
    entrypoint: row.entrypoint ?? [],
    cmd: row.cmd,
    user: row.user ?? '',
    ports: row.ports ?? [],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    behaviour: row.does,
    shell: row.shell ?? true,
    ...(row.needs === undefined ? {} : { needs: row.needs }),
    ...(ON_BOTH.has(name) ? { systems: ['linux', 'windows'] as const } : {}),
  };
}

/** Every repository that can be pulled, by full name. */
export const repositories: ReadonlyMap<string, Repository> = new Map(
  [
    ...Object.entries(DOCKER_LIBRARY).map(([name, row]) => build(`docker.io/library/${name}`, row)),
    ...Object.entries(ELSEWHERE).map(([name, row]) => build(name, row)),
    ...Object.entries(STORAGE).map(([name, row]) => build(name, row)),
    ...Object.entries(KUBERNETES).map(([name, mb]) => {
      const program = name.slice(name.lastIndexOf('/') + 1);
      return build(name, { mb, cmd: [program], tags: CONTROL_PLANE, shell: false, does: server('', 0, 5) });
    }),
    ...windowsRepositories,
  ].map((repository) => [repository.name, repository]),
);
