import { DialError } from '../../network/interface.ts';
import type { Tool } from '../container/interface.ts';
import { ToolError } from './arguments.ts';

const WHY = {
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
};

/** `nc -z [-v] [-w SECONDS] HOST PORT`: whether somebody listens there; talking to it is not modelled. */
export const nc: Tool = async (task) => {
  const rest: string[] = [];
  let letters = '';
  let wait = 30;
  for (let at = 1; at < task.argv.length; at += 1) {
    const word = task.argv[at] ?? '';
    if (word === '-w') wait = Number(task.argv[++at] ?? '30');
    else if (word.startsWith('-')) letters += word.slice(1);
    else rest.push(word);
  }
  const [host = '', port = ''] = rest;
  if (!letters.includes('z')) throw new ToolError('leme: of "nc" only -z (does somebody listen?) is modelled', 127);
  if (!/^\d+$/.test(port)) throw new ToolError(`nc: bad port '${port}'`);
  const target = host === 'localhost' || host.startsWith('127.') ? task.process.ip : host;
  try {
    const connection = await task.process.net.dial(
      { host: target, port: Number(port) },
      { protocol: 'tcp', timeout: wait * 1000 },
    );
    connection.close();
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    task.stderr.write(error.code === 'ENOTFOUND' ? `nc: bad address '${host}'\n` : `nc: ${host} (${target}:${port}): ${WHY[error.code]}\n`);
    return 1;
  }
  if (letters.includes('v')) task.stderr.write(`${host} (${target}:${port}) open\n`);
  return 0;
}; // prettier-ignore
