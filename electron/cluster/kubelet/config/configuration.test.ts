import { describe, expect, it } from 'vitest';
import { TestSimulation } from '../../client/testing/test-simulation.testing.ts';
import type { Machine } from '../../machine/interface.ts';
import { volatileStore } from '../../machine/local-state.ts';
import { SimulatedMachine } from '../../machine/machine.ts';
import { SimulatedNetwork } from '../../network/network.ts';
import type { KubeletSettings } from '../settings.ts';
import { readSettings } from '../settings.ts';

const PATH = '/var/lib/kubelet/config.yaml';
const HEADER = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
const LOAD = `failed to load kubelet config file, path: ${PATH}, error: failed to load Kubelet config file ${PATH}, error `;

function machine(): Machine {
  const { simulation } = new TestSimulation();
  const spec = {
    name: 'worker-1', ip: '10.0.0.21', role: 'worker', os: 'linux', cpus: 4, memory: 8e9, disk: 6e10, isNode: true,
  } as const; // prettier-ignore
  return new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
}

function read(text: string | undefined, others: Readonly<Record<string, string>> = {}): KubeletSettings {
  const { files, spec } = machine();
  if (text !== undefined) files.write(PATH, text);
  for (const [path, content] of Object.entries(others)) files.write(path, content);
  return readSettings(['kubelet'], spec, files);
}

function refusal(text: string | undefined, others: Readonly<Record<string, string>> = {}): string {
  try {
    read(text, others);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

const fields = (text: string): string => refusal(HEADER + text);
const invalid = (text: string): string =>
  `failed to validate kubelet configuration, error: invalid configuration: ${text}, path: &TypeMeta{Kind:,APIVersion:,}`;

describe('the configuration file', () => {
  it('has upstream defaults where it says nothing', () => {
    const { config, maxPods, thresholds, nodeStatusReportFrequency, configWarning } = read(HEADER);
    expect(config).toMatchObject({
      imageGCHighThresholdPercent: 85,
      containerLogMaxSize: '10Mi',
      cgroupDriver: 'cgroupfs',
    });
    expect([maxPods, nodeStatusReportFrequency, configWarning]).toEqual([110, 300_000, undefined]);
    expect(thresholds.map(({ signal }) => signal)).toEqual([
      'memory.available',
      'nodefs.available',
      'nodefs.inodesFree',
      'imagefs.available',
      'imagefs.inodesFree',
      'allocatableMemory.available',
    ]);
  });

  it('is read: the fewer of maxPods and podsPerCore, taints, how often status is told', () => {
    const settings = read(
      `${HEADER}podsPerCore: 10\nnodeStatusUpdateFrequency: 4s\nregisterWithTaints:\n- {key: a, value: b, effect: NoSchedule}\n`,
    );
    expect(settings).toMatchObject({
      maxPods: 40,
      nodeStatusUpdateFrequency: 4_000,
      nodeStatusReportFrequency: 4_000,
      registerWithTaints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }],
    });
  });

  it('that is not there, empty or no configuration at all is upstream refusal', () => {
    expect(refusal(undefined)).toBe(
      `${LOAD}failed to read kubelet config file "${PATH}", error: open ${PATH}: no such file or directory`,
    );
    expect(refusal('')).toBe(`${LOAD}kubelet config file "${PATH}" was empty`);
    expect(refusal('maxPods: 4\n')).toBe(
      `${LOAD}failed to decode: Object 'Kind' is missing in '{"maxPods":4}'`,
    );
    expect(refusal('apiVersion: v1\nkind: Pod\n')).toBe(
      `${LOAD}failed to decode: no kind "Pod" is registered for version "v1" in scheme "pkg/kubelet/apis/config/scheme/scheme.go:33"`,
    );
    expect(fields('a: [\n')).toMatch(
      /^failed to load .*failed to decode: error converting YAML to JSON: yaml: line \d/,
    );
  });

  it('with a value of another type is refused as Go does', () => {
    expect(fields('maxPods: many\n')).toBe(
      `${LOAD}failed to decode: json: cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32`,
    );
    expect(fields('nodeStatusUpdateFrequency: "10"\n')).toBe(
      `${LOAD}failed to decode: time: missing unit in duration "10"`,
    );
  });

  it('with unknown or repeated fields is read leniently, with a warning', () => {
    const { configWarning, maxPods } = read(`${HEADER}maxPods: 5\nmaxPodz: 7\n`);
    expect(maxPods).toBe(5);
    expect(configWarning).toBe('strict decoding error: unknown field "maxPodz"');
    expect(read(`${HEADER}maxPods: 5\nmaxPods: 6\n`).configWarning).toContain('already set in map');
  });

  it('with values that cannot be is refused by validation, all mistakes at once', () => {
    expect(fields('maxPods: -1\n')).toBe(invalid('maxPods (--max-pods) -1 must not be a negative number'));
    expect(fields('imageGCHighThresholdPercent: 70\nimageGCLowThresholdPercent: 80\n')).toBe(
      invalid(
        'imageGCLowThresholdPercent (--image-gc-low-threshold) 80 must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) 70',
      ),
    );
    expect(fields('shutdownGracePeriod: 10s\nshutdownGracePeriodCriticalPods: 20s\n')).toBe(
      invalid('shutdownGracePeriodCriticalPods {20s} must be <= shutdownGracePeriod {10s}'),
    );
    expect(fields('enforceNodeAllocatable: [pods, system-reserved]\n')).toBe(
      invalid(
        'systemReservedCgroup (--system-reserved-cgroup) must be specified when "system-reserved" or "system-reserved-compressible" included in enforceNodeAllocatable (--enforce-node-allocatable)',
      ),
    );
    expect(fields('containerLogMaxFiles: 1\nmaxPods: -2\n')).toBe(
      'failed to validate kubelet configuration, error: [invalid configuration: maxPods (--max-pods) -2 must not be a negative number, invalid configuration: containerLogMaxFiles must be greater than 1], path: &TypeMeta{Kind:,APIVersion:,}',
    );
  });

  it('with thresholds or reservations that cannot be lets the kubelet not start', () => {
    expect(fields('evictionHard: {memory.free: 1Gi}\n')).toBe(
      'failed to run Kubelet: unrecognized eviction signal memory.free',
    );
    expect(fields('evictionHard: {memory.available: "-1"}\n')).toBe(
      'failed to run Kubelet: eviction threshold memory.available must be positive: -1',
    );
    expect(fields('evictionSoft: {memory.available: 1Gi}\n')).toBe(
      'failed to run Kubelet: failed to create kubelet: grace period must be specified for the soft eviction threshold memory.available',
    );
    expect(fields('kubeReserved: {gpu: "1"}\n')).toBe(
      'failed to run Kubelet: --kube-reserved value failed to parse: cannot reserve "gpu" resource',
    );
  });

  it('refuses to run with swap, unless told otherwise', () => {
    const swaps = { '/proc/swaps': 'Filename Type Size Used Priority\n/swapfile file 2097148 0 -2\n' };
    expect(refusal(HEADER, swaps)).toBe(
      'failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false. /proc/swaps contained: [Filename Type Size Used Priority /swapfile file 2097148 0 -2]',
    );
    expect(refusal(`${HEADER}failSwapOn: false\n`, swaps)).toBe('');
  });
});
