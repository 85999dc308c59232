import type { FileSystem, MachineSpec } from '../../machine/interface.ts';
import { decodeConfiguration } from './decode.ts';
import { withDefaults } from './defaults.ts';
import type { KubeletConfiguration, KubeletConfigurationFile } from './interface.ts';
import { KubeletConfigurationError } from './interface.ts';
import { validateConfiguration } from './validation.ts';

export interface LoadedConfiguration {
  readonly config: KubeletConfiguration;
  /** What strict decoding would have refused. */
  readonly warning?: string;
}

/**
 * Reads, defaults and validates the file of `--config`, before which `flags` count. Models loadConfigFile and ValidateKubeletConfiguration as
 * cmd/kubelet/app/server.go calls them (v1.34). @throws KubeletConfigurationError
 */
export function loadConfiguration(
  files: FileSystem,
  path: string,
  os: MachineSpec['os'] = 'linux',
  flags: KubeletConfigurationFile = {},
): LoadedConfiguration {
  let decoded: ReturnType<typeof decodeConfiguration>;
  try {
    decoded = decodeConfiguration(readText(files, path));
  } catch (error) {
    if (!(error instanceof KubeletConfigurationError)) throw error;
    throw new KubeletConfigurationError(
      `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error ${error.message}`,
    );
  }
  const config = withDefaults({ ...decoded.file, ...flags }, os);
  const errors = [...new Set(validateConfiguration(config))];
  if (errors.length > 0) {
    const text = errors.length === 1 ? errors.join('') : `[${errors.join(', ')}]`;
    throw new KubeletConfigurationError(
      `failed to validate kubelet configuration, error: ${text}, path: &TypeMeta{Kind:,APIVersion:,}`,
    );
  }
  return { config, ...(decoded.warning === undefined ? {} : { warning: decoded.warning }) };
}

function readText(files: FileSystem, path: string): string {
  if (!files.exists(path))
    throw new KubeletConfigurationError(
      `failed to read kubelet config file ${JSON.stringify(path)}, error: open ${path}: no such file or directory`,
    );
  const text = files.read(path);
  if (text === '')
    throw new KubeletConfigurationError(`kubelet config file ${JSON.stringify(path)} was empty`);
  return text;
}
