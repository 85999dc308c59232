// npm run oracle:etcd: puts simulated members behind the adapter protocol of the etcd oracle. One JSON object a line on
// stdin, one answer a line on stdout. Virtual time is real time while a client waits or a scenario sleeps (ScenarioTime).
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { SimulatedEtcd } from './simulated-etcd.ts';

/** What the recordings were made with. */
const VERSION = '3.4.23';

const Question = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('reset'),
    members: z.number().int().min(1).default(1),
    spares: z.array(z.string()).default([]),
    server_args: z.array(z.string()).default([]),
  }),
  z.object({ op: z.literal('stop'), member: z.string() }),
  z.object({ op: z.literal('kill'), member: z.string() }),
  z.object({ op: z.literal('start'), member: z.string() }),
  z.object({
    op: z.literal('join'),
    member: z.string(),
    initial_cluster: z.string(),
    wait: z.boolean().default(true),
  }),
  z.object({ op: z.literal('readdress'), member: z.string(), peer: z.string() }),
  z.object({
    op: z.literal('restore'),
    dirs: z.record(z.string(), z.string()),
    token: z.string().default(''),
  }),
  z.object({ op: z.literal('partition'), groups: z.array(z.array(z.string())) }),
  z.object({ op: z.literal('heal') }),
  z.object({ op: z.literal('sleep'), seconds: z.number().min(0) }),
  z.object({ op: z.literal('quit') }),
]);
type Question = z.infer<typeof Question>;

const log = (line: string): void => {
  if (process.env['LEME_DEBUG'] !== undefined) console.error(line);
};
let etcd: SimulatedEtcd | undefined;

async function reset(question: Extract<Question, { op: 'reset' }>): Promise<object> {
  await etcd?.dispose();
  const members = Array.from({ length: question.members }, (_, index) => `m${index + 1}`);
  const { spares, server_args: flags } = question;
  etcd = await SimulatedEtcd.start({ members, spares, flags, version: VERSION, log });
  const started = etcd;
  return {
    members: members.map((name) => started.describe(name)),
    spares: spares.map((name) => started.describe(name)),
    virtual_sleep: true,
  };
}

async function answer(question: Question): Promise<object> {
  if (question.op === 'reset') return reset(question);
  if (question.op === 'quit') {
    await etcd?.dispose();
    return {};
  }
  if (etcd === undefined) throw new Error('reset comes first');
  switch (question.op) {
    case 'stop':
    case 'kill':
      await etcd.stop(question.member, question.op === 'stop' ? 'SIGTERM' : 'SIGKILL');
      break;
    case 'start':
      await etcd.start(question.member);
      break;
    case 'join':
      await etcd.join(question.member, question.initial_cluster, question.wait);
      break;
    case 'readdress':
      etcd.readdress(question.member, question.peer);
      break;
    case 'restore':
      await etcd.restore(question.dirs, question.token);
      break;
    case 'partition':
      etcd.partition(question.groups);
      break;
    case 'heal':
      etcd.heal();
      break;
    case 'sleep':
      await etcd.sleep(question.seconds);
      break;
  }
  return {};
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply: object;
  try {
    const parsed = Question.safeParse(JSON.parse(line));
    if (parsed.success) reply = { ok: true, ...(await answer(parsed.data)) };
    else reply = { unsupported: true };
  } catch (error) {
    reply = { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
process.exit(0);
