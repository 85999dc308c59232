import { etcdctl } from './etcdctl/etcdctl.ts';
import { etcdutl } from './etcdutl/etcdutl.ts';
import type { Command } from './interface.ts';
import { labCommand } from './lab/lab-command.ts';
import { kubectl } from './kubectl/kubectl.ts';
import { curl } from './net/curl/curl.ts';
import { editorCommands } from './screen-editor/editor-commands.ts';
import { explainController } from './controllers/explain-controller.ts';
import { explainScheduling } from './scheduling/explain-scheduling.ts';
import { scp } from './net/scp.ts';
import { sshCommand } from './net/ssh.ts';
import { virsh } from './net/virsh.ts';
import { awk } from './tools/awk/awk.ts';
import { cat } from './tools/cat.ts';
import { cut, tr } from './tools/cut-tr.ts';
import { diff } from './tools/diff.ts';
import { finite } from './tools/finite.ts';
import { grepCommand } from './tools/grep.ts';
import { jq } from './tools/jq.ts';
import { pager } from './tools/less.ts';
import { head, tail } from './tools/head-tail.ts';
import { paste } from './tools/paste.ts';
import { sed } from './tools/sed/sed.ts';
import { clear, env, printenv, seq, sleep, tee, timeout, yes } from './tools/simple-tools.ts';
import { watch } from './tools/watch.ts';
import { xargs } from './tools/xargs.ts';

const never = { readsStdin: () => false };

/** Tools that stream: they print as data comes and end with their reader. */
const streaming: readonly Command[] = [
  labCommand,
  awk,
  cat,
  clear,
  curl,
  cut,
  diff,
  ...editorCommands,
  env,
  etcdctl,
  etcdutl,
  grepCommand('grep'),
  grepCommand('egrep'),
  grepCommand('fgrep'),
  head,
  jq,
  kubectl,
  explainController,
  explainScheduling,
  pager('less'),
  pager('more'),
  paste,
  printenv,
  scp,
  sed,
  seq,
  sleep,
  sshCommand(() => commands),
  tail,
  tee,
  timeout,
  tr,
  virsh,
  watch,
  xargs,
  yes,
];

/** Tools of just-bash for input that ends. */
const fromLibrary: readonly Command[] = [
  finite('base64', 'Encode or decode base64', 'Codifica ou decodifica base64'),
  finite('basename', 'Last part of a path', 'Última parte de um caminho', never),
  finite('chmod', 'Change permissions', 'Muda permissões', never),
  finite('column', 'Align columns', 'Alinha colunas'),
  finite('comm', 'Compare two sorted files', 'Compara dois arquivos ordenados'),
  finite('cp', 'Copy files', 'Copia arquivos', never),
  finite('date', 'Show the date', 'Mostra a data', never),
  finite('dirname', 'Folder of a path', 'Pasta de um caminho', never),
  finite('du', 'Sizes of files', 'Tamanho de arquivos', never),
  finite('expand', 'Tabs to blanks', 'Tabulações em espaços'),
  finite('expr', 'Evaluate an expression', 'Calcula uma expressão', never),
  finite('file', 'Kind of a file', 'Tipo de um arquivo', never),
  finite('find', 'Find files', 'Encontra arquivos', never),
  finite('fold', 'Wrap lines', 'Quebra linhas'),
  finite('gzip', 'Compress', 'Comprime'),
  finite('gunzip', 'Decompress', 'Descomprime'),
  finite('join', 'Join lines of two files', 'Junta linhas de dois arquivos'),
  finite('ln', 'Make links', 'Cria links', never),
  finite('ls', 'List files', 'Lista arquivos', never),
  finite('md5sum', 'MD5 checksums', 'Somas MD5'),
  finite('mkdir', 'Make folders', 'Cria pastas', never),
  finite('mv', 'Move or rename files', 'Move ou renomeia arquivos', never),
  finite('nl', 'Number lines', 'Numera linhas'),
  finite('od', 'Show bytes', 'Mostra bytes'),
  finite('readlink', 'Target of a link', 'Destino de um link', never),
  finite('rev', 'Reverse lines', 'Inverte linhas'),
  finite('rm', 'Remove files', 'Remove arquivos', never),
  finite('rmdir', 'Remove empty folders', 'Remove pastas vazias', never),
  finite('sha1sum', 'SHA-1 checksums', 'Somas SHA-1'),
  finite('sha256sum', 'SHA-256 checksums', 'Somas SHA-256'),
  finite('sort', 'Sort lines', 'Ordena linhas'),
  finite('stat', 'Details of a file', 'Detalhes de um arquivo', never),
  finite('tac', 'Lines in reverse order', 'Linhas em ordem inversa'),
  finite('tar', 'Archives', 'Pacotes de arquivos'),
  finite('touch', 'Make a file or change its time', 'Cria um arquivo ou muda sua hora', never),
  finite('tree', 'Tree of files', 'Árvore de arquivos', never),
  finite('unexpand', 'Blanks to tabs', 'Espaços em tabulações'),
  finite('uniq', 'Drop repeated lines', 'Remove linhas repetidas'),
  finite('wc', 'Count lines, words and bytes', 'Conta linhas, palavras e bytes'),
  finite('which', 'Path of a command', 'Caminho de um comando', never),
  finite('yq', 'Query YAML', 'Consulta YAML'),
];

/** Every command of the lab shell by name. One line here makes a command known everywhere. */
export const commands: ReadonlyMap<string, Command> = new Map(
  [...fromLibrary, ...streaming].map((command) => [command.name, command]),
);
