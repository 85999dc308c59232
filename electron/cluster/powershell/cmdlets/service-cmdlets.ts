import type { Unit, UnitManager } from '../../machine/interface.ts';
import { SERVICE_CONTROL_MANAGER } from '../../machine/interface.ts';
import type { Cmdlet, Invocation } from '../cmdlet.ts';
import { allOf, commandClass, numberArgument, textArgument, textsOf } from '../cmdlet.ts';
import { PsDate, PsError, PsObject } from '../interface.ts';
import { hasWildcard, textOf, wildcard } from '../values.ts';

/** Which services need which. */
const NEEDED_BY: Readonly<Record<string, readonly string[]>> = { containerd: ['kubelet'] };
/** How long a service is waited for, in milliseconds. */
const PATIENCE = 30_000;
const LOOK_EVERY = 100;
const DETAILS: Readonly<Record<string, readonly [number, string]>> = {
  running: [7036, 'Information'],
  stopped: [7036, 'Information'],
  unexpectedly: [7031, 'Error'],
};

/** `Automatic`, `Manual` or `Disabled`. */
export function startType({ enabled, masked }: Unit): string {
  return masked ? 'Disabled' : enabled ? 'Automatic' : 'Manual';
}

/** A service is running while its nssm is: also where what it starts has ended and is started again. */
export function isRunning({ active }: Unit): boolean {
  return active === 'active' || active === 'activating';
}

function serviceObject(unit: Unit): PsObject {
  return new PsObject('service', {
    Status: isRunning(unit) ? 'Running' : 'Stopped',
    Name: unit.name,
    DisplayName: unit.description,
    StartType: startType(unit),
    ServiceName: unit.name,
    CanStop: isRunning(unit),
  });
}

/** @throws PsError in a container, where services are not modelled */
function managerOf(call: Invocation): UnitManager {
  const { services } = call.session.host;
  if (services !== undefined) return services;
  throw new PsError('leme: services in a container are not modelled.', 'NotImplemented', '', 'NotSupportedException', 'NotSupported');
} // prettier-ignore

/** The services that are named, by text or through the pipe; what is not there is told. */
async function named(call: Invocation, cmdlet: string): Promise<Unit[]> {
  const manager = managerOf(call);
  const piped = (await allOf(call.input)).map(textOf);
  const names = [...textsOf(call, 'Name'), ...textsOf(call, 'DisplayName'), ...piped];
  const found: Unit[] = [];
  for (const name of names) {
    const matching = manager.list.filter(
      (unit) => wildcard(name).test(unit.name) || wildcard(name).test(unit.description),
    );
    if (matching.length === 0 && !hasWildcard(name))
      call.error(
        new PsError(
          `Cannot find any service with service name '${name}'.`,
          'ObjectNotFound',
          `${name}:String`,
          'ServiceCommandException',
          `NoServiceFoundForGivenName,${commandClass(cmdlet)}`,
        ),
      );
    found.push(...matching);
  }
  return found;
}

const sorted = (units: readonly Unit[]): Unit[] => [...units].sort((a, b) => (a.name < b.name ? -1 : 1));

const getService: Cmdlet = {
  name: 'Get-Service',
  parameters: ['Name', 'DisplayName', 'ComputerName'],
  positions: 1,
  async *run(call) {
    const isAsked = call.input !== undefined || call.values.has('Name') || call.values.has('DisplayName');
    const units = isAsked ? await named(call, this.name) : managerOf(call).list;
    yield* sorted(units).map(serviceObject);
  },
};

async function waitFor(call: Invocation, name: string, done: (unit: Unit) => boolean): Promise<boolean> {
  const { host } = call.session;
  const since = host.now();
  for (;;) {
    const unit = managerOf(call).get(name);
    if (unit === undefined || done(unit)) return unit !== undefined;
    if (host.now() - since > PATIENCE || call.session.isInterrupted) return false;
    await host.sleep(LOOK_EVERY);
  }
}

/** @throws PsError where others need it and -Force was not said */
async function stop(call: Invocation, cmdlet: string, unit: Unit): Promise<void> {
  const manager = managerOf(call);
  const dependents = (NEEDED_BY[unit.name] ?? []).filter((name) => {
    const other = manager.get(name);
    return other !== undefined && isRunning(other);
  });
  if (dependents.length > 0 && !call.switches.has('Force'))
    throw new PsError(
      `Cannot stop service '${unit.description} (${unit.name})' because it has dependent services. It can only be stopped if the Force flag is set.`,
      'InvalidOperation',
      'System.ServiceProcess.ServiceController:ServiceController',
      'ServiceCommandException',
      `ServiceHasDependentServices,${commandClass(cmdlet)}`,
    );
  for (const name of dependents) {
    manager.stop(name);
    await waitFor(call, name, ({ process }) => process === undefined);
  }
  manager.stop(unit.name);
  await waitFor(call, unit.name, ({ process }) => process === undefined);
}

/** @throws PsError */
async function start(call: Invocation, cmdlet: string, unit: Unit): Promise<void> {
  const manager = managerOf(call);
  if (unit.masked)
    throw new PsError(
      `Service '${unit.description} (${unit.name})' cannot be started due to the following error: Cannot start service ${unit.name} on computer '.'.`,
      'OpenError',
      'System.ServiceProcess.ServiceController:ServiceController',
      'ServiceCommandException',
      `CouldNotStartService,${commandClass(cmdlet)}`,
    );
  manager.start(unit.name);
  await waitFor(call, unit.name, isRunning);
}

const SERVICE = {
  parameters: ['Name', 'DisplayName', 'InputObject'],
  positions: 1,
  switches: ['Force', 'PassThru', 'NoWait'],
};

/** Start-, Stop- and Restart-Service. */
function changing(name: string, change: (call: Invocation, unit: Unit) => Promise<void>): Cmdlet {
  return {
    name,
    ...SERVICE,
    async *run(call) {
      for (const unit of await named(call, name)) {
        try {
          await change(call, unit);
        } catch (error) {
          if (!(error instanceof PsError)) throw error;
          call.error(error);
          continue;
        }
        const after = managerOf(call).get(unit.name);
        if (call.switches.has('PassThru') && after !== undefined) yield serviceObject(after);
      }
    },
  };
}

const restart = async (call: Invocation, unit: Unit): Promise<void> => {
  const manager = managerOf(call);
  const waiting = (NEEDED_BY[unit.name] ?? []).filter((name) => manager.get(name)?.process !== undefined);
  await stop(call, 'Restart-Service', unit);
  for (const name of [unit.name, ...waiting]) manager.start(name);
  await waitFor(call, unit.name, isRunning);
};

const setService: Cmdlet = {
  name: 'Set-Service',
  parameters: ['Name', 'StartupType', 'Status', 'DisplayName', 'Description'],
  positions: 1,
  switches: ['PassThru'],
  async *run(call) {
    const manager = managerOf(call);
    const type = textArgument(call, 'StartupType')?.toLowerCase();
    const status = textArgument(call, 'Status')?.toLowerCase();
    for (const unit of await named(call, this.name)) {
      if (type !== undefined) {
        manager.mask(unit.name, type === 'disabled');
        if (type !== 'disabled') manager.enable(unit.name, type.startsWith('automatic'));
      }
      const after = manager.get(unit.name) ?? unit;
      if (status === 'running') await start(call, this.name, after);
      if (status === 'stopped') await stop(call, this.name, after);
      if (call.switches.has('PassThru')) yield serviceObject(manager.get(unit.name) ?? unit);
    }
  },
};

/** What became of services, newest first: all that is in the log of the system. */
function systemEvents(manager: UnitManager): PsObject[] {
  const entries = manager.list.flatMap(({ name }) =>
    manager
      .journal(name)
      .filter(({ identifier }) => identifier === SERVICE_CONTROL_MANAGER)
      .map((entry, at) => ({ ...entry, at })),
  );
  return entries
    .sort((a, b) => b.time - a.time || b.at - a.at)
    .map(({ time, message }) => {
      const [id, level] = Object.entries(DETAILS).find(([word]) => message.includes(word))?.[1] ?? [
        7045,
        'Information',
      ];
      return new PsObject('event', {
        TimeCreated: new PsDate(time),
        Id: id,
        LevelDisplayName: level,
        Message: message,
        ProviderName: SERVICE_CONTROL_MANAGER,
        LogName: 'System',
        EntryType: level,
        TimeGenerated: new PsDate(time),
        Source: SERVICE_CONTROL_MANAGER,
      });
    });
}

/** Get-WinEvent and Get-EventLog; there is the log of the system, and in it what became of services. */
function events(name: string, log: string, most: string): Cmdlet {
  return {
    name,
    parameters: [log, most, 'ProviderName', 'Source', 'EntryType'],
    positions: 1,
    async *run(call) {
      const wanted = textArgument(call, log) ?? 'System';
      if (wanted.toLowerCase() !== 'system')
        throw new PsError(
          `leme: of event logs only System is modelled, and in it what became of services; not "${wanted}".`,
          'ObjectNotFound',
          `${wanted}:String`,
          'Exception',
          `NoMatchingLogsFound,${commandClass(name)}`,
        );
      const provider = textArgument(call, 'ProviderName') ?? textArgument(call, 'Source');
      const type = textArgument(call, 'EntryType')?.toLowerCase();
      const found = systemEvents(managerOf(call)).filter(
        ({ values }) =>
          (provider === undefined || wildcard(provider).test(textOf(values['ProviderName'] ?? ''))) &&
          (type === undefined || textOf(values['EntryType'] ?? '').toLowerCase() === type),
      );
      yield* found.slice(0, numberArgument(call, name, most));
    },
  };
}

export const serviceCmdlets: readonly Cmdlet[] = [
  getService,
  changing('Start-Service', (call, unit) => start(call, 'Start-Service', unit)),
  changing('Stop-Service', (call, unit) => stop(call, 'Stop-Service', unit)),
  changing('Restart-Service', restart),
  setService,
  events('Get-WinEvent', 'LogName', 'MaxEvents'),
  events('Get-EventLog', 'LogName', 'Newest'),
];
