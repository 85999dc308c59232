import { describeBackend } from './contract.testing.ts';
import { MemoryBackend } from './memory.ts';

describeBackend('MemoryBackend', () => {
  const backend = new MemoryBackend();
  return { backend, reopen: () => backend };
});
