import type { ServiceBehaviour, SingleBehaviour } from '../../../shared/images/behaviour-schema.ts';

/** What a service does that is told nothing. */
const PLAIN: ServiceBehaviour = {
  type: 'service',
  requires: [],
  startup: 0,
  ready: [],
  listens: true,
  logs: [],
  memory: { start: 0, growth: 0 },
  cpu: [],
  onTerminate: { ignore: false, after: 60, code: 0, lines: [] },
};

/** What a behaviour that has a name of its own comes to. A shell is not made of these parts. */
export function asService(behaviour: Exclude<SingleBehaviour, { type: 'shell' }>): ServiceBehaviour {
  switch (behaviour.type) {
    case 'service':
      return behaviour;
    case 'web-server': {
      const { ready, root, style, memory } = behaviour;
      const http = { routes: [], site: { root, style }, accessLog: true };
      return { ...PLAIN, ready, memory: { start: memory, growth: 0 }, http };
    }
    case 'database': {
      const { ready, memory, startup, shutdown, passwordVariables, refusal } = behaviour;
      const required = { anyOf: passwordVariables, lines: refusal, exitCode: 1 };
      return {
        ...PLAIN,
        requires: passwordVariables.length === 0 ? [] : [required],
        ready,
        startup,
        memory: { start: memory, growth: 0 },
        onTerminate: { ...PLAIN.onTerminate, after: shutdown },
      };
    }
    case 'crasher':
    case 'job': {
      const { after, code, lines } = behaviour;
      const stream = behaviour.type === 'job' ? 'stdout' : 'stderr';
      return { ...PLAIN, listens: behaviour.type === 'crasher', exit: { after, code, lines, stream } };
    }
    case 'memory-hog': {
      const { start, growth, upTo } = behaviour;
      return { ...PLAIN, memory: { start, growth, ...(upTo === undefined ? {} : { upTo }) } };
    }
    case 'cpu-burner':
      return { ...PLAIN, cpu: [{ cores: behaviour.cores, after: 0 }] };
    case 'log-writer': {
      const { lines, every, stream } = behaviour;
      return { ...PLAIN, logs: [{ lines, every, stream, after: 0 }] };
    }
    case 'cluster-program':
      return {
        ...PLAIN,
        memory: { start: behaviour.memory, growth: 0 },
        cpu: [{ cores: behaviour.cpu, after: 0 }],
        onTerminate: { ...PLAIN.onTerminate, after: 5 },
      };
  }
}
