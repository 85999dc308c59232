import { type Config, NONE } from './interface.ts';

/** @throws Error a configuration that cannot work; texts are upstream's. */
export function validateConfig(config: Config): void {
  if (config.id === NONE) throw new Error('cannot use none as id');
  if (config.heartbeatTick <= 0) throw new Error('heartbeat tick must be greater than 0');
  if (config.electionTick <= config.heartbeatTick)
    throw new Error('election tick must be greater than heartbeat tick');
  if (config.maxInflightMsgs <= 0) throw new Error('max inflight messages must be greater than 0');
  const bytes = config.maxInflightBytes ?? 0;
  if (bytes > 0 && bytes < config.maxSizePerMsg)
    throw new Error('max inflight bytes must be >= max message size');
  if (config.readOnlyOption === 'LeaseBased' && !config.checkQuorum)
    throw new Error('CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased');
}
