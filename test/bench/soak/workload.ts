/** What a round of the soak creates in its namespace: one of every kind of workload, with what they refer to. */
export function workload(namespace: string): { readonly path: string; readonly manifest: unknown }[] {
  const core = `/api/v1/namespaces/${namespace}`;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const batch = `/apis/batch/v1/namespaces/${namespace}`;
  const template = (app: string, more: object = {}): object => ({
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'main', image: 'nginx', ...more }] },
  });
  const set = (app: string): object => ({ selector: { matchLabels: { app } } });
  const job = {
    completions: 2,
    ttlSecondsAfterFinished: 60,
    template: {
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', 'echo done'] }],
      },
    },
  };
  const settings = {
    envFrom: [{ configMapRef: { name: 'settings' } }],
    volumeMounts: [{ name: 'secrets', mountPath: '/etc/secrets' }],
    readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 10 },
  };
  const web = template('web', settings) as { spec: object };
  return [
    { path: '/api/v1/namespaces', manifest: { metadata: { name: namespace } } },
    { path: `${core}/configmaps`, manifest: { metadata: { name: 'settings' }, data: { LEVEL: 'debug' } } },
    { path: `${core}/secrets`, manifest: { metadata: { name: 'secrets' }, stringData: { password: 'x' } } },
    {
      path: `${core}/services`,
      manifest: { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } },
    },
    {
      path: `${apps}/deployments`,
      manifest: {
        metadata: { name: 'web' },
        spec: {
          ...set('web'),
          replicas: 3,
          template: {
            ...web,
            spec: { ...web.spec, volumes: [{ name: 'secrets', secret: { secretName: 'secrets' } }] },
          },
        },
      },
    },
    {
      path: `${apps}/deployments`,
      manifest: {
        metadata: { name: 'crash' },
        spec: {
          ...set('crash'),
          template: template('crash', { image: 'busybox', command: ['sh', '-c', 'exit 1'] }),
        },
      },
    },
    {
      path: `${apps}/statefulsets`,
      manifest: {
        metadata: { name: 'db' },
        spec: { ...set('db'), serviceName: 'db', replicas: 2, template: template('db') },
      },
    },
    {
      path: `${apps}/daemonsets`,
      manifest: { metadata: { name: 'agent' }, spec: { ...set('agent'), template: template('agent') } },
    },
    { path: `${batch}/jobs`, manifest: { metadata: { name: 'once' }, spec: job } },
    {
      path: `${batch}/cronjobs`,
      manifest: {
        metadata: { name: 'often' },
        spec: { schedule: '*/2 * * * *', jobTemplate: { spec: job } },
      },
    },
  ];
}
