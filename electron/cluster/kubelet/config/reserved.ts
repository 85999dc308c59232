import type { Quantity } from '../../apimachinery/quantity.ts';
import { addQuantities, parseQuantity, QuantityError, quantityOf } from '../../apimachinery/quantity.ts';
import type { KubeletConfiguration } from './interface.ts';
import { KubeletConfigurationError } from './interface.ts';

export type Reserved = ReadonlyMap<string, Quantity>;

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage', 'pid'];

function parse(texts: Readonly<Record<string, string>>): Map<string, Quantity> {
  const amounts = new Map<string, Quantity>();
  for (const [resource, text] of Object.entries(texts)) {
    if (!RESOURCES.includes(resource))
      throw new KubeletConfigurationError(`cannot reserve ${JSON.stringify(resource)} resource`);
    let amount: Quantity;
    try {
      amount = parseQuantity(text);
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error;
      throw new KubeletConfigurationError(
        `failed to parse quantity ${JSON.stringify(text)} for ${JSON.stringify(resource)} resource: ${error.message}`,
      );
    }
    if (amount.nanos < 0n)
      throw new KubeletConfigurationError(
        `resource quantity for ${JSON.stringify(resource)} cannot be negative: ${text}`,
      );
    amounts.set(resource, amount);
  }
  return amounts;
}

/**
 * What is kept from Pods for the kubelet and for the system together. Models parseResourceList (cmd/kubelet/app/server.go,
 * v1.34). @throws KubeletConfigurationError
 */
export function reservedResources({ kubeReserved, systemReserved }: KubeletConfiguration): Reserved {
  const sum = new Map<string, Quantity>();
  for (const [flag, texts] of [
    ['--kube-reserved', kubeReserved],
    ['--system-reserved', systemReserved],
  ] as const) {
    try {
      for (const [resource, amount] of parse(texts))
        sum.set(resource, addQuantities(sum.get(resource) ?? quantityOf(0), amount));
    } catch (error) {
      if (!(error instanceof KubeletConfigurationError)) throw error;
      throw new KubeletConfigurationError(`${flag} value failed to parse: ${error.message}`);
    }
  }
  return sum;
}
