// Pictures of every screen, in both themes and languages, and an axe run on each.
//   node scripts/node24.mjs test/e2e/screenshots.mjs [--out DIR] [--only SCENE,…] [--url URL] [--all]
// Without --url the app runs on the fake host (build it first: vite build -c app/vite.config.ts --mode fake).
// With --url (what `npm run serve` prints) the pictures are of the real product, as it stands.
import { createServer } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, '.cache/screenshots') },
    only: { type: 'string' },
    url: { type: 'string' },
    all: { type: 'boolean', default: false },
  },
});

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self' ws://127.0.0.1:*";
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Serves a folder with the product's own content security policy. */
function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname);
    const file = join(folder, path);
    if (!file.startsWith(folder) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    });
    response.end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const press = (key) => (page) => page.keyboard.press(key);
const drive =
  (name, ...args) =>
  (page) =>
    page.evaluate(([method, rest]) => globalThis.fake[method](...rest), [name, args]);
const pause = (milliseconds) => (page) => page.waitForTimeout(milliseconds);
const click = (selector) => (page) => page.locator(selector).first().click();

const search = (text) => (page) => page.locator('.keys input[type=search]').fill(text);
const openKey = [
  search('/registry/pods/default/web-7c5ddbdf54-x2x9k'),
  pause(300),
  click('[role=treeitem]:not([aria-expanded])'),
];

const openPod = [press('Alt+o'), pause(900), click('.rows .line:not(.head)')];
/** From the menu of a Pod of the diagram. */
const openDecision = [
  pause(300),
  click('[data-thing="pod:uid-web-7c5ddbdf54-x2x9k"]'),
  pause(300),
  click('.inspector .button:text-matches("^\\s*(Why on|Por que neste)")'),
];
const typeAtEnd = async (page) => {
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('nonsense: true\n');
};

/** name, scene of the fake host, what is done before the picture. */
const SCENES = [
  ['running', 'running', []],
  ['messages', 'running', [drive('chain'), pause(2500)]],
  ['travelling', 'running', [drive('chain'), pause(700)]],
  [
    'flood',
    'running',
    [drive('chain'), ...Array.from({ length: 4 }, () => [drive('flood', 2400), pause(350)]).flat()],
  ],
  [
    'record',
    'running',
    [drive('chain'), pause(600), click('.record:has-text("POST /api/v1/namespaces/default/pods")')],
  ],
  ['narrative', 'running', [drive('chain'), pause(400), press('Alt+n')]],
  ['tables', 'broken', [press('Alt+t')]],
  ['machine', 'running', [click('[data-thing="machine:worker-1"]'), pause(300)]],
  [
    'component',
    'running',
    [drive('chain'), pause(300), click('[data-thing="component:cp-1/kube-controller-manager"]'), pause(300)],
  ],
  ['pod', 'running', [click('[data-thing="pod:uid-web-7c5ddbdf54-x2x9k"]'), pause(300)]],
  [
    'menu',
    'running',
    [
      (page) =>
        page.locator('[data-thing="component:cp-1/kube-controller-manager"]').click({ button: 'right' }),
      pause(200),
    ],
  ],
  [
    'request',
    'running',
    [
      drive('chain'),
      pause(600),
      click('.record:has-text("POST /api/v1/namespaces/default/pods")'),
      pause(300),
    ],
  ],
  ['explorer', 'running', [press('Alt+o'), pause(900)]],
  ['explorer-object', 'running', [...openPod, pause(900)]],
  [
    'explorer-edit',
    'running',
    [
      ...openPod,
      pause(900),
      click('.object .head .button:has-text("Edit")'),
      pause(400),
      typeAtEnd,
      pause(900),
    ],
  ],
  [
    'explorer-preview',
    'running',
    [
      ...openPod,
      pause(900),
      click('.object .head .button:has-text("Edit")'),
      pause(300),
      typeAtEnd,
      click('.object .head .button:text-matches("^\\s*(Dry run|Simular)")'),
      pause(600),
    ],
  ],
  ['explorer-owners', 'running', [...openPod, pause(500), click('.object .tab:nth-child(3)'), pause(400)]],
  [
    'explorer-access',
    'running',
    [press('Alt+o'), pause(700), click('.explorer .segment:nth-child(2)'), pause(500)],
  ],
  ['explorer-small', 'running', [press('Alt+o'), pause(900)], { width: 1024, height: 640 }],
  ['scheduler-none', 'scheduler', [press('Alt+s'), pause(400)]],
  ['scheduler-3', 'scheduler', [...openDecision, pause(400)]],
  [
    'scheduler-why',
    'scheduler',
    [...openDecision, pause(300), click('.matrix th .link:has-text("cp-1")'), pause(400)],
  ],
  [
    'scheduler-pending',
    'scheduler',
    [press('Alt+s'), pause(300), click('.queues .pod:has-text("big")'), pause(400)],
  ],
  [
    'scheduler-what-if',
    'scheduler',
    [
      press('Alt+s'),
      pause(300),
      click('.queues .pod:has-text("big")'),
      pause(300),
      click('.scheduler .head .button[aria-expanded]'),
      (page) => page.locator('#what-if').fill('request.cpu=200m'),
      click('.what-if .button'),
      pause(400),
    ],
  ],
  ['scheduler-30', 'scheduler&nodes=30', [...openDecision, pause(400)]],
  ['scheduler-300', 'scheduler&nodes=300', [...openDecision, pause(400), click('.matrix .reason')]],
  ['scheduler-small', 'scheduler&nodes=30', [...openDecision, pause(400)], { width: 1024, height: 640 }],
  ['faults', 'faults', [click('[data-thing="machine:worker-2"]'), pause(300)]],
  [
    'faults-menu',
    'faults',
    [(page) => page.locator('[data-thing="machine:worker-2"]').click({ button: 'right' }), pause(300)],
  ],
  [
    'faults-units',
    'faults',
    [
      click('[data-thing="machine:worker-2"]'),
      pause(300),
      (page) => page.locator('.inspector .small').last().scrollIntoViewIfNeeded(),
    ],
  ],
  [
    'controllers-inspector',
    'running',
    [click('[data-thing="component:cp-1/kube-controller-manager"]'), pause(1300)],
  ],
  [
    'topology-mixed',
    'running',
    [
      press('Alt+Shift+N'),
      pause(500),
      (page) =>
        page
          .locator('.topology textarea')
          .fill('kubeadm-2-4,worker-1=docker+kubelet-1.23.17,worker-2=windows-2022+tainted,worker-4=spare'),
      pause(400),
    ],
  ],
  ['topology', 'running', [press('Alt+Shift+N'), pause(500)]],
  [
    'topology-wrong',
    'running',
    [
      press('Alt+Shift+N'),
      pause(500),
      (page) => page.locator('.topology textarea').fill('kubeadm-1-2,cp-1=windows'),
      pause(400),
    ],
  ],
  ['controllers-none', 'running', [press('Alt+c'), pause(500)]],
  [
    'controllers-failing',
    'running',
    [press('Alt+c'), pause(500), click('.controllers .one:has-text("replicaset")'), pause(500)],
  ],
  [
    'controllers-queue',
    'members',
    [press('Alt+c'), pause(500), click('.controllers .one:has-text("deployment")'), pause(500)],
  ],
  [
    'controllers-standby',
    'members',
    [
      press('Alt+c'),
      pause(500),
      click('.line .manager:nth-child(2)'),
      pause(300),
      click('.controllers .one:has-text("job")'),
      pause(500),
    ],
  ],
  [
    'controllers-small',
    'running',
    [press('Alt+c'), pause(500), click('.controllers .one:has-text("replicaset")'), pause(500)],
    { width: 1024, height: 640 },
  ],
  ['etcd-keys', 'running', [press('Alt+e'), pause(400), drive('put')]],
  ['etcd-value', 'running', [press('Alt+e'), pause(300), ...openKey, pause(400)]],
  [
    'etcd-changes',
    'running',
    [press('Alt+e'), pause(300), ...openKey, pause(300), click('.key .tab:nth-child(2)'), pause(300)],
  ],
  [
    'etcd-history',
    'members',
    [press('Alt+e'), pause(300), ...openKey, pause(300), click('.key .tab:nth-child(3)'), pause(300)],
  ],
  ['etcd-search', 'running', [press('Alt+e'), pause(300), search('/registry/leases'), pause(400)]],
  ['etcd-search-none', 'running', [press('Alt+e'), pause(300), search('zzz'), pause(400)]],
  ['etcd-explain', 'running', [press('Alt+e'), pause(300), click('.explain'), pause(300)]],
  ['etcd-none', 'noKeys', [press('Alt+e'), pause(400)]],
  ['etcd-one-member', 'running', [press('Alt+r'), pause(400)]],
  ['etcd-members', 'members', [press('Alt+r'), pause(400), drive('append'), drive('append'), pause(100)]],
  ['etcd-election', 'noLeader', [press('Alt+r'), pause(400), drive('election'), pause(300)]],
  ['etcd-down', 'memberDown', [press('Alt+r'), pause(400)]],
  ['three-members', 'members', [drive('election'), pause(900)]],
  ['three-members-cut', 'memberDown', [pause(300)]],
  [
    'etcd-small',
    'members',
    [press('Alt+e'), pause(300), ...openKey, pause(300)],
    { width: 1024, height: 640 },
  ],
  ['broken', 'broken', []],
  ['zones', 'zones', []],
  ['many', 'many', [pause(800)]],
  ['no-lab', 'noLab', []],
  ['preparing', 'preparing', []],
  ['finished', 'finished', []],
  ['starting', 'starting', []],
  ['failed', 'failed', []],
  ['busy', 'busy', []],
  ['notices', 'notices', []],
  ['denied', 'denied', [pause(3200)]],
  [
    'lost',
    'running',
    [
      (page) =>
        page.evaluate(() => {
          globalThis.fake.host.open = 0;
          globalThis.fake.host.hangUp();
        }),
      pause(120),
    ],
  ],
  ['palette', 'running', [press('F1'), pause(200)]],
  ['palette-search', 'running', [press('F1'), pause(200), (page) => page.keyboard.type('pod'), pause(200)]],
  ['palette-none', 'running', [press('F1'), pause(200), (page) => page.keyboard.type('zzz'), pause(200)]],
  ['settings', 'running', [press('Control+,'), pause(200)]],
  ['help', 'running', [press('Shift+F1'), pause(200)]],
  ['labs', 'running', [press('Control+Shift+L'), pause(200)]],
  ['restart', 'running', [press('Control+Shift+F10'), pause(200)]],
  [
    'find',
    'running',
    [press('Control+Shift+F'), pause(100), (page) => page.keyboard.type('web'), pause(200)],
  ],
  ['small', 'running', [drive('chain'), pause(500)], { width: 1024, height: 640 }],
];
const VARIANTS = [
  ['light', 'pt-BR'],
  ['dark', 'en'],
  ['light', 'en'],
  ['dark', 'pt-BR'],
];

const wanted = options.only?.split(',');
const profile = mkdtempSync(join(tmpdir(), 'leme-shots-'));
mkdirSync(options.out, { recursive: true });
const server = options.url === undefined ? await serve(join(root, '.cache/app-fake')) : undefined;
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
let problems = 0;

try {
  for (const [name, scene, steps, size] of SCENES) {
    if (wanted !== undefined && !wanted.includes(name)) continue;
    for (const [theme, locale] of options.all ? VARIANTS : VARIANTS.slice(0, 2)) {
      problems += await picture(name, scene, steps, size, theme, locale);
    }
  }
} finally {
  await browser.close();
  server?.close();
  rmSync(profile, { recursive: true, force: true });
}
console.log(problems === 0 ? 'no problems' : `${problems} problems`);
process.exitCode = problems === 0 ? 0 : 1;

async function picture(name, scene, steps, size, theme, locale) {
  const context = await browser.newContext({
    viewport: size ?? { width: 1440, height: 900 },
    locale,
    colorScheme: theme,
    bypassCSP: false,
  });
  const page = await context.newPage();
  const errors = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  const address =
    options.url ??
    `http://127.0.0.1:${server.address().port}/dev.html?scene=${scene}&theme=${theme}&locale=${locale}`;
  await page.goto(address);
  await page.waitForTimeout(600);
  const label = `${name} ${theme} ${locale}`;
  try {
    for (const step of steps) await step(page);
  } catch (error) {
    errors.push(String(error).split('\n')[0]);
  }
  await page.screenshot({ path: join(options.out, `${name}-${theme}-${locale}.png`) });
  const session = await context.newCDPSession(page);
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `${axe}; axe.run(document, { resultTypes: ['violations'] }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ') + (n.any[0] ? ' (' + n.any[0].message + ')' : '')).join(' | '))))`,
    awaitPromise: true,
  });
  const violations =
    exceptionDetails === undefined ? JSON.parse(result.value) : [`axe did not run: ${exceptionDetails.text}`];
  for (const violation of violations) console.log(`${label}: axe ${violation}`);
  for (const error of errors) console.log(`${label}: ${error}`);
  await context.close();
  return violations.length + errors.length;
}
