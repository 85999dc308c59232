import { defineStore } from 'pinia';
import { computed, watch } from 'vue';
import { SPEEDS } from '../../../electron/shared/contract/session.ts';
import type { Settings } from '../../../electron/shared/contract/session.ts';
import { useControllers } from '../../stores/controllers.ts';
import { useDiagram } from '../../stores/diagram.ts';
import { useExplorer } from '../../stores/explorer.ts';
import { useLab } from '../../stores/lab.ts';
import { useRecords } from '../../stores/records.ts';
import { useSettings } from '../../stores/settings.ts';
import { useTerminals } from '../../stores/terminals.ts';
import { useTime } from '../../stores/time.ts';
import { useUi } from '../../stores/ui.ts';
import { useRestart } from '../lab/use-restart.ts';
import type { Command } from './interface.ts';
import { cyclePanes, focusPane } from './focus-panes.ts';

/** Default size of the console's letters, as in the contract. */
const FONT = 13;

/** Every action of the app, in one list: what the palette offers, what keys do, what the help shows. */
export const useCommands = defineStore('commands', () => {
  const time = useTime();
  const lab = useLab();
  const ui = useUi();
  const explorer = useExplorer();
  const controllers = useControllers();
  const restart = useRestart();
  const terminals = useTerminals();
  const records = useRecords();
  const settings = useSettings();
  const diagram = useDiagram();

  const running = (): boolean => time.state !== undefined;
  const inLab = (): boolean => lab.state !== null;
  const hasTerminal = (): boolean => terminals.shown !== undefined;
  const font = (size: number): Promise<void> =>
    settings.set({ consoleFontSize: Math.min(28, Math.max(9, size)) });
  const set = (change: Partial<Settings>) => (): Promise<void> => settings.set(change);
  const toPane = (name: 'lab' | 'diagram' | 'console' | 'side') => (): void => {
    if ((name === 'lab' || name === 'side') && ui.collapsed[name]) ui.toggle(name);
    // A pane that has just been opened is not on the screen yet.
    if (!focusPane(name)) setTimeout(() => focusPane(name));
  };

  const fixed: readonly Command[] = [
    {
      id: 'palette',
      title: 'commands.palette',
      group: 'view',
      keys: ['Mod+K', 'F1', 'Ctrl+Shift+P'],
      run: () => void (ui.dialog = 'palette'),
    },

    {
      id: 'time.toggle',
      title: 'commands.toggleTime',
      group: 'time',
      keys: ['F8', 'Space'],
      enabled: running,
      run: time.toggle,
    },
    {
      id: 'time.slower',
      title: 'commands.slower',
      group: 'time',
      keys: ['F7'],
      enabled: running,
      run: () => time.shiftSpeed(-1),
    },
    {
      id: 'time.faster',
      title: 'commands.faster',
      group: 'time',
      keys: ['F9'],
      enabled: running,
      run: () => time.shiftSpeed(1),
    },
    {
      id: 'step.cause',
      title: 'commands.stepCause',
      group: 'time',
      keys: ['F10'],
      enabled: running,
      run: () => time.step('cause'),
    },
    {
      id: 'step.write',
      title: 'commands.stepWrite',
      group: 'time',
      keys: ['Ctrl+F8'],
      enabled: running,
      run: () => time.step('write'),
    },
    {
      id: 'step.decision',
      title: 'commands.stepDecision',
      group: 'time',
      keys: ['Ctrl+F9'],
      enabled: running,
      run: () => time.step('decision'),
    },
    {
      id: 'step.quiescent',
      title: 'commands.stepQuiescent',
      group: 'time',
      keys: ['Ctrl+F10'],
      enabled: running,
      run: () => time.step('quiescent'),
    },

    {
      id: 'lab.restart',
      title: 'commands.restartLab',
      group: 'lab',
      keys: ['Ctrl+Shift+F10'],
      enabled: inLab,
      run: restart,
    },
    {
      id: 'labs',
      title: 'commands.openLabs',
      group: 'lab',
      keys: ['Ctrl+Shift+L'],
      run: () => void (ui.dialog = 'labs'),
    },

    {
      id: 'cluster.new',
      title: 'commands.newCluster',
      group: 'cluster',
      keys: ['Alt+Shift+N'],
      run: () => void (ui.dialog = 'topology'),
    },

    { id: 'pane.next', title: 'commands.nextPane', group: 'view', keys: ['F6'], run: () => cyclePanes(1) },
    {
      id: 'pane.previous',
      title: 'commands.previousPane',
      group: 'view',
      keys: ['Shift+F6'],
      run: () => cyclePanes(-1),
    },
    { id: 'pane.lab', title: 'commands.focusLab', group: 'view', keys: ['Alt+1'], run: toPane('lab') },
    {
      id: 'pane.diagram',
      title: 'commands.focusDiagram',
      group: 'view',
      keys: ['Alt+2'],
      run: toPane('diagram'),
    },
    {
      id: 'pane.console',
      title: 'commands.focusConsole',
      group: 'view',
      keys: ['Alt+3'],
      run: toPane('console'),
    },
    { id: 'pane.side', title: 'commands.focusSide', group: 'view', keys: ['Alt+4'], run: toPane('side') },
    {
      id: 'toggle.lab',
      title: 'commands.toggleLab',
      group: 'view',
      keys: ['Ctrl+Shift+B'],
      run: () => ui.toggle('lab'),
    },
    {
      id: 'toggle.side',
      title: 'commands.toggleSide',
      group: 'view',
      keys: ['Ctrl+Shift+E'],
      run: () => ui.toggle('side'),
    },
    {
      id: 'view.diagram',
      title: 'commands.viewDiagram',
      group: 'view',
      keys: ['Alt+D'],
      run: () => void (ui.view = 'diagram'),
    },
    {
      id: 'view.narrative',
      title: 'commands.viewNarrative',
      group: 'view',
      keys: ['Alt+N'],
      run: () => void (ui.view = 'narrative'),
    },
    {
      id: 'view.tables',
      title: 'commands.viewTables',
      group: 'view',
      keys: ['Alt+T'],
      run: () => void (ui.view = 'tables'),
    },
    {
      id: 'view.explorer',
      title: 'commands.viewExplorer',
      group: 'view',
      keys: ['Alt+O'],
      run: () => void (ui.view = 'explorer'),
    },
    {
      id: 'view.access',
      title: 'commands.viewAccess',
      group: 'view',
      run: () => {
        ui.view = 'explorer';
        explorer.part = 'access';
      },
    },
    {
      id: 'view.scheduler',
      title: 'commands.viewScheduler',
      group: 'view',
      keys: ['Alt+S'],
      enabled: running,
      run: () => void (ui.view = 'scheduler'),
    },
    {
      id: 'view.controllers',
      title: 'commands.viewControllers',
      group: 'view',
      keys: ['Alt+C'],
      enabled: running,
      run: () => controllers.show(),
    },
    {
      id: 'etcd.keys',
      title: 'commands.etcdKeys',
      group: 'view',
      keys: ['Alt+E'],
      run: () => ui.showEtcd('keys'),
    },
    {
      id: 'etcd.members',
      title: 'commands.etcdMembers',
      group: 'view',
      keys: ['Alt+R'],
      run: () => ui.showEtcd('members'),
    },
    {
      id: 'messages',
      title: 'commands.showMessages',
      group: 'view',
      keys: ['Alt+M'],
      run: () => ui.showMessages(),
    },
    {
      id: 'messages.freeze',
      title: 'commands.freezeMessages',
      group: 'view',
      keys: ['Alt+F'],
      run: records.toggleFrozen,
    },

    {
      id: 'terminal.new',
      title: 'commands.newTerminal',
      group: 'console',
      keys: ['Ctrl+Shift+Enter'],
      enabled: running,
      run: () => terminals.open('lab'),
    },
    {
      id: 'terminal.own',
      title: 'commands.newOwnTerminal',
      group: 'console',
      enabled: running,
      run: () => terminals.open('own'),
    },
    {
      id: 'terminal.close',
      title: 'commands.closeTerminal',
      group: 'console',
      enabled: hasTerminal,
      run: () => terminals.shown && terminals.close(terminals.shown.id),
    },
    {
      id: 'terminal.find',
      title: 'commands.find',
      group: 'console',
      keys: ['Ctrl+Shift+F'],
      enabled: hasTerminal,
      run: () => terminals.controls?.search(),
    },
    {
      id: 'font.larger',
      title: 'commands.fontLarger',
      group: 'console',
      run: () => font(settings.values.consoleFontSize + 1),
    },
    {
      id: 'font.smaller',
      title: 'commands.fontSmaller',
      group: 'console',
      run: () => font(settings.values.consoleFontSize - 1),
    },
    { id: 'font.reset', title: 'commands.fontReset', group: 'console', run: () => font(FONT) },

    {
      id: 'settings',
      title: 'commands.settings',
      group: 'settings',
      keys: ['Mod+,'],
      run: () => void (ui.dialog = 'settings'),
    },
    {
      id: 'help',
      title: 'commands.help',
      group: 'settings',
      keys: ['?', 'Shift+F1'],
      run: () => void (ui.dialog = 'help'),
    },
    { id: 'theme.light', title: 'commands.themeLight', group: 'settings', run: set({ theme: 'light' }) },
    { id: 'theme.dark', title: 'commands.themeDark', group: 'settings', run: set({ theme: 'dark' }) },
    { id: 'theme.system', title: 'commands.themeSystem', group: 'settings', run: set({ theme: 'system' }) },
    { id: 'language.pt', title: 'commands.languagePt', group: 'settings', run: set({ locale: 'pt-BR' }) },
    { id: 'language.en', title: 'commands.languageEn', group: 'settings', run: set({ locale: 'en' }) },
    {
      id: 'language.system',
      title: 'commands.languageSystem',
      group: 'settings',
      run: set({ locale: 'system' }),
    },
    ...SPEEDS.map((speed): Command => ({
      id: `speed.${speed}`,
      title: 'commands.speedTo',
      params: { n: speed },
      group: 'time',
      enabled: running,
      run: () => time.setSpeed(speed),
    })),
  ];

  // Whoever opens the palette may look for a controller.
  watch(
    () => ui.dialog,
    (dialog) => {
      if (dialog === 'palette' && running() && controllers.list === undefined) void controllers.look();
    },
  );

  /** One command per lab, machine, component and Pod: found by typing its name. */
  const found = computed<readonly Command[]>(() => [
    ...lab.labs.map((one): Command => ({
      id: `lab.open.${one.id}`,
      title: 'commands.openLab',
      params: { title: one.title[settings.locale] },
      group: 'lab',
      run: () => lab.open(one.id),
    })),
    ...diagram.machines.map((machine): Command =>
      inspect('commands.inspectMachine', machine.name, () =>
        ui.select({ type: 'machine', name: machine.name }),
      ),
    ),
    ...diagram.components.map((one): Command =>
      inspect('commands.inspectComponent', one.id, () => ui.select({ type: 'component', id: one.id })),
    ),
    ...(controllers.list?.controllers ?? []).map(({ name }): Command => ({
      ...inspect('commands.openController', name, () => controllers.show(name)),
      enabled: running,
    })),
    ...diagram.pods.map((pod): Command =>
      inspect('commands.inspectPod', `${pod.namespace}/${pod.name}`, () =>
        ui.select({ type: 'pod', uid: pod.uid }),
      ),
    ),
  ]);

  function byId(id: string): Command | undefined {
    return fixed.find((command) => command.id === id);
  }

  function keysOf(id: string): string | undefined {
    return byId(id)?.keys?.[0];
  }

  return { fixed, found, byId, keysOf };
});

function inspect(title: string, name: string, run: () => void): Command {
  return { id: `inspect.${name}`, title, params: { name }, group: 'cluster', run };
}
