import type { Unit, UnitManager } from '../../machine/interface.ts';
import type { NativeIo, NativeProgram } from '../../powershell/interface.ts';
import { isRunning, startType } from '../../powershell/cmdlets/service-cmdlets.ts';
import { crictl } from '../commands/crictl/crictl.ts';
import { powerOff, reboot } from '../commands/power.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';

type Machine = Pick<CommandContext, 'machine' | 'process' | 'afterPowerLoss' | 'terminal'>;

/** A command that Linux machines have too. */
function shared(command: MachineCommand, context: Machine): NativeProgram {
  return async (args, io) => {
    try {
      return await command(args, { ...context, ...io });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      io.err(error.message);
      return error.code;
    }
  };
}

const STATES: Readonly<Record<string, string>> = { Running: '4  RUNNING', Stopped: '1  STOPPED' };
const STARTS: Readonly<Record<string, string>> = {
  Automatic: '2   AUTO_START',
  Manual: '3   DEMAND_START',
  Disabled: '4   DISABLED',
};

function queried(unit: Unit): string {
  const running = isRunning(unit);
  const accepts = running ? '(STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)' : '(NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)';
  return `
SERVICE_NAME: ${unit.name} 
        TYPE               : 10  WIN32_OWN_PROCESS  
        STATE              : ${STATES[running ? 'Running' : 'Stopped'] ?? ''} 
                                ${accepts}
        WIN32_EXIT_CODE    : 0  (0x0)
        SERVICE_EXIT_CODE  : 0  (0x0)
        CHECKPOINT         : 0x0
        WAIT_HINT          : 0x0
`;
} // prettier-ignore

/** `sc.exe query|queryex|qc|start|stop|config SERVICE` */
function sc(units: UnitManager): NativeProgram {
  return (args, io) => {
    const [verb = '', name] = [args[0]?.toLowerCase(), args[1]];
    if (name === undefined && /^query/.test(verb)) {
      io.out(units.list.filter(isRunning).map(queried).join(''));
      return 0;
    }
    const unit = units.get(name ?? '');
    if (unit === undefined) {
      const shown = verb.startsWith('query') ? 'EnumQueryServicesStatus:OpenService' : 'OpenService';
      io.out(
        `[SC] ${shown} FAILED 1060:\n\nThe specified service does not exist as an installed service.\n\n`,
      );
      return 1060;
    }
    switch (verb) {
      case 'query':
      case 'queryex':
        io.out(queried(unit));
        return 0;
      case 'qc':
        io.out(
          `[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: ${unit.name}\n        TYPE               : 10  WIN32_OWN_PROCESS \n        START_TYPE         : ${STARTS[startType(unit)] ?? ''}\n        DISPLAY_NAME       : ${unit.description}\n`,
        );
        return 0;
      case 'start':
        if (isRunning(unit)) {
          io.out('[SC] StartService FAILED 1056:\n\nAn instance of the service is already running.\n\n');
          return 1056;
        }
        units.start(unit.name);
        io.out(queried(unit));
        return 0;
      case 'stop':
        if (!isRunning(unit)) {
          io.out('[SC] ControlService FAILED 1062:\n\nThe service has not been started.\n\n');
          return 1062;
        }
        units.stop(unit.name);
        io.out(queried(unit));
        return 0;
      case 'config':
        return configured(units, unit, args, io);
      default:
        io.out(`leme: sc ${verb} is not modelled: query, queryex, qc, start, stop and config start= are\n`);
        return 1;
    }
  };
}

function configured(units: UnitManager, unit: Unit, args: readonly string[], io: NativeIo): number {
  const at = args.findIndex((arg) => /^start=/i.test(arg));
  const value = at < 0 ? undefined : (args[at] ?? '').slice(6) || args[at + 1];
  if (value === undefined || !/^(auto|demand|disabled)$/i.test(value)) {
    io.out('leme: of sc config only start= auto, demand and disabled are modelled\n');
    return 1;
  }
  units.mask(unit.name, value.toLowerCase() === 'disabled');
  units.enable(unit.name, value.toLowerCase() === 'auto');
  io.out('[SC] ChangeServiceConfig SUCCESS\n');
  return 0;
}

/** `nssm status|start|stop|restart SERVICE` */
function nssm(units: UnitManager): NativeProgram {
  return (args, io) => {
    const [verb = '', name = ''] = args;
    const unit = units.get(name);
    if (unit === undefined) {
      io.err(
        "Can't open service!\nOpenService(): The specified service does not exist as an installed service.\n\n",
      );
      return 3;
    }
    switch (verb) {
      case 'status':
        io.out(`${isRunning(unit) ? (unit.active === 'active' ? 'SERVICE_RUNNING' : 'SERVICE_PAUSED') : 'SERVICE_STOPPED'}\n`);
        return 0;
      case 'start':
      case 'stop':
      case 'restart':
        units[verb](name);
        io.out(`${name}: ${verb.toUpperCase()}: The operation completed successfully.\n`);
        return 0;
      default:
        io.err(`leme: nssm ${verb} is not modelled: status, start, stop and restart are\n`);
        return 1;
    }
  };
} // prettier-ignore

const unmodelled =
  (name: string): NativeProgram =>
  (_args, io) => {
    io.err(`leme: ${name} on Windows is not modelled\n`);
    return 1;
  };

/** Programs that a prepared Windows worker has beside those of every Windows. `version`: of its kubelet. */
export function machinePrograms(context: Machine): ReadonlyMap<string, NativeProgram> {
  const { machine } = context;
  const { units } = machine;
  return new Map<string, NativeProgram>([
    ['crictl', shared(crictl, context)],
    ['nssm', nssm(units)],
    ['sc', sc(units)],
    [
      'shutdown',
      shared((args, whole) => (args.some((arg) => /^[/-]r$/i.test(arg)) ? reboot(whole) : powerOff(whole)), context),
    ],
    ...['kubelet', 'kubeadm', 'ctr', 'containerd', 'notepad', 'netsh'].map(
      (name): [string, NativeProgram] => [name, unmodelled(name)],
    ),
  ]);
} // prettier-ignore
