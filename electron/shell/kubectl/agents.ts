import http from 'node:http';
import https from 'node:https';
import type { ClientConfig } from './client-config.ts';
import type { CreateConnection } from './lab-sockets.ts';
import { labSockets } from './lab-sockets.ts';

/** Connections are kept open between the commands of one process. */
const agents = new Map<string, http.Agent | https.Agent>();

/** Agents of servers inside the lab dial there. */
class LabAgent extends https.Agent {
  override createConnection: https.Agent['createConnection'];

  constructor(options: https.AgentOptions, createConnection: CreateConnection) {
    super(options);
    this.createConnection = createConnection as https.Agent['createConnection'];
  }
}

/** The agent of a server as this client knows it: its connections stay open. */
export function agentFor(
  config: ClientConfig,
  env: Readonly<Record<string, string>>,
): http.Agent | https.Agent {
  const url = new URL(config.server);
  const lab = labSockets(env, url);
  const key = JSON.stringify([
    config.server,
    config.ca,
    config.cert,
    config.key,
    config.insecure,
    config.tlsServerName,
    lab?.from,
  ]);
  let agent = agents.get(key);
  if (!agent) {
    if (agents.size > 20) closeConnections();
    const options = {
      keepAlive: true,
      ...(config.ca === undefined ? {} : { ca: config.ca }),
      ...(config.cert === undefined ? {} : { cert: config.cert }),
      ...(config.key === undefined ? {} : { key: config.key }),
      ...(config.tlsServerName ? { servername: config.tlsServerName } : {}),
      rejectUnauthorized: !config.insecure,
    };
    if (url.protocol !== 'https:') agent = new http.Agent({ keepAlive: true });
    else agent = lab === undefined ? new https.Agent(options) : new LabAgent(options, lab.createConnection);
    agents.set(key, agent);
  }
  return agent;
}

/** Closes idle connections; a process that has nothing else to do can then end. */
export function closeConnections(): void {
  for (const agent of agents.values()) agent.destroy();
  agents.clear();
}
