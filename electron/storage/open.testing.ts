import { openWorkspace } from './open-workspace.ts';

// A process of its own that tries to open a workspace and says what became of it.
const outcome = openWorkspace(process.argv[2] as string, { timestamp: 'test' });
console.log(`${outcome.outcome}: ${outcome.outcome === 'opened' ? '' : outcome.message}`);
