import type { Command } from '../interface.ts';
import { lineBatches } from '../streams/readable-base.ts';
import { inputs } from './inputs.ts';
import { parseOptions, usageError } from './options.ts';

/** `cat`, with `-n -b -s -E -T -A -v`. */
export const cat: Command = {
  name: 'cat',
  summary: { en: 'Print files, one after another', 'pt-BR': 'Mostra arquivos, um após o outro' },
  async run(io) {
    const options = parseOptions(io.argv, 'nbsETAvetu', {
      number: 'n',
      'number-nonblank': 'b',
      'squeeze-blank': 's',
      'show-ends': 'E',
      'show-tabs': 'T',
      'show-all': 'A',
    });
    if (options.problem !== undefined) return usageError(io, options.problem);
    let code = 0;
    const all = options.has('A');
    const ends = all || options.has('E', 'e');
    const tabs = all || options.has('T', 't');
    const plain = !ends && !tabs && !options.has('n', 'b', 's', 'v');
    let number = 0;
    let blankBefore = false;
    for await (const { source } of inputs(io, options.operands, () => (code = 1))) {
      if (plain) {
        for await (const chunk of source) await io.stdout.write(chunk);
        continue;
      }
      for await (const batch of lineBatches(source)) {
        let out = '';
        for (const [at, line] of batch.lines.entries()) {
          if (options.has('s') && line === '' && blankBefore) continue;
          blankBefore = line === '';
          const numbered = options.has('b') ? line !== '' : options.has('n');
          const shown = tabs ? line.replaceAll('\t', '^I') : line;
          const open = batch.open && at === batch.lines.length - 1;
          out += `${numbered ? `${String(++number).padStart(6)}\t` : ''}${shown}${open ? '' : ends ? '$\n' : '\n'}`;
        }
        await io.stdout.write(out);
      }
    }
    return code;
  },
};
