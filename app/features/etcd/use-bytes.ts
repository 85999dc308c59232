import { useText } from '../../i18n/use-text.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Sizes for people, in the units etcd and Kubernetes use. */
export function useBytes(): (bytes: number) => string {
  const { n } = useText();
  return (bytes) => {
    let value = bytes;
    let unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit += 1;
    }
    return `${n(value, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${UNITS[unit] ?? ''}`;
  };
}
