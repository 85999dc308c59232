import type { Wording } from '../contract/scheduling.ts';
import type { LocalizedText } from '../contract/text.ts';

type Params = Readonly<Record<string, string>>;

const SENTENCES: Readonly<Record<string, (params: Params) => LocalizedText>> = {
  'ask-less': ({ resource, by, from, to }) => ({
    'pt-BR': `o Pod pede ${by} a menos de ${resource} (${to} em vez de ${from})`,
    en: `the Pod asks for ${by} less ${resource} (${to} instead of ${from})`,
  }),
  'more-allocatable': ({ node, resource, by, from, to }) => ({
    'pt-BR': `o node ${node} tem ${by} a mais de ${resource} (${to} em vez de ${from})`,
    en: `node ${node} has ${by} more ${resource} (${to} instead of ${from})`,
  }),
  tolerate: ({ taint }) => ({
    'pt-BR': `o Pod tolera o taint ${taint}`,
    en: `the Pod tolerates the taint ${taint}`,
  }),
  untaint: ({ node, taint }) => ({
    'pt-BR': `o node ${node} perde o taint ${taint}`,
    en: `node ${node} loses the taint ${taint}`,
  }),
  uncordon: ({ node }) => ({
    'pt-BR': `o node ${node} volta a aceitar Pods (uncordon)`,
    en: `node ${node} takes Pods again (uncordon)`,
  }),
  'label-node': ({ node, label }) => ({
    'pt-BR': `o node ${node} ganha o label ${label}`,
    en: `node ${node} gets the label ${label}`,
  }),
  'unlabel-node': ({ node, key }) => ({
    'pt-BR': `o node ${node} perde o label ${key}`,
    en: `node ${node} loses the label ${key}`,
  }),
  'drop-node-selector': ({ selector }) => ({
    'pt-BR': `o Pod deixa de exigir ${selector} no nodeSelector`,
    en: `the Pod no longer asks for ${selector} in nodeSelector`,
  }),
  'drop-node-affinity': () => ({
    'pt-BR': 'o Pod deixa de exigir afinidade de node',
    en: 'the Pod no longer requires node affinity',
  }),
  'drop-pod-affinity': ({ topologyKey, index }) => ({
    'pt-BR': `o Pod deixa de exigir a afinidade ${index} (${topologyKey})`,
    en: `the Pod no longer requires its affinity term ${index} (${topologyKey})`,
  }),
  'drop-pod-anti-affinity': ({ topologyKey, index }) => ({
    'pt-BR': `o Pod deixa de exigir a antiafinidade ${index} (${topologyKey})`,
    en: `the Pod no longer requires its anti-affinity term ${index} (${topologyKey})`,
  }),
  'drop-spread': ({ topologyKey }) => ({
    'pt-BR': `o Pod deixa de exigir espalhamento por ${topologyKey}`,
    en: `the Pod no longer requires spreading over ${topologyKey}`,
  }),
  'raise-max-skew': ({ topologyKey, from, to }) => ({
    'pt-BR': `maxSkew ${to} em vez de ${from} por ${topologyKey}`,
    en: `maxSkew ${to} instead of ${from} over ${topologyKey}`,
  }),
  'remove-gates': ({ gates }) => ({
    'pt-BR': `os scheduling gates são retirados: ${gates}`,
    en: `the scheduling gates are removed: ${gates}`,
  }),
  'drop-host-port': ({ port }) => ({
    'pt-BR': `o Pod deixa de pedir a porta ${port} do node`,
    en: `the Pod no longer asks for host port ${port}`,
  }),
  'volume-anywhere': ({ volume }) => ({
    'pt-BR': `o PersistentVolume ${volume} é alcançado de todo node (sem nodeAffinity)`,
    en: `PersistentVolume ${volume} can be reached from every node (no nodeAffinity)`,
  }),
  'free-volume': ({ volume }) => ({
    'pt-BR': `o PersistentVolume ${volume} volta a ficar livre (sem claimRef)`,
    en: `PersistentVolume ${volume} is free again (no claimRef)`,
  }),
  'new-volume': ({ size, class: name, node }) => ({
    'pt-BR': `há mais um PersistentVolume de ${size}, da classe ${quoted(name)}, no node ${node}`,
    en: `there is one more PersistentVolume of ${size}, of class ${quoted(name)}, on node ${node}`,
  }),
  'label-volume': ({ volume, label }) => ({
    'pt-BR': label?.endsWith('-')
      ? `o PersistentVolume ${volume} perde o label ${label.slice(0, -1)}`
      : `o PersistentVolume ${volume} ganha o label ${label}`,
    en: label?.endsWith('-')
      ? `PersistentVolume ${volume} loses the label ${label.slice(0, -1)}`
      : `PersistentVolume ${volume} gets the label ${label}`,
  }),
  'bind-claim': ({ claim, volume }) => ({
    'pt-BR': `o claim ${claim} está ligado ao PersistentVolume ${volume}`,
    en: `claim ${claim} is bound to PersistentVolume ${volume}`,
  }),
  'claim-ask-less': ({ claim, from, to }) => ({
    'pt-BR': `o claim ${claim} pede ${to} em vez de ${from}`,
    en: `claim ${claim} asks for ${to} instead of ${from}`,
  }),
  'claim-forget-node': ({ claim, node }) => ({
    'pt-BR': `o claim ${claim} esquece o node ${node} (sem a anotação selected-node)`,
    en: `claim ${claim} forgets node ${node} (no annotation selected-node)`,
  }),
  'claim-many-pods': ({ claim }) => ({
    'pt-BR': `o claim ${claim} vale para vários Pods do node (ReadWriteOnce)`,
    en: `claim ${claim} is for many Pods of a node (ReadWriteOnce)`,
  }),
  'class-anywhere': ({ class: name }) => ({
    'pt-BR': `a StorageClass ${name} faz volumes em toda parte (sem allowedTopologies)`,
    en: `StorageClass ${name} makes volumes anywhere (no allowedTopologies)`,
  }),
  'class-waits': ({ class: name }) => ({
    'pt-BR': `a StorageClass ${name} espera pelo Pod (WaitForFirstConsumer)`,
    en: `StorageClass ${name} waits for the Pod (WaitForFirstConsumer)`,
  }),
  'more-capacity': ({ class: name, node, from, to }) => ({
    'pt-BR': `o driver da classe ${name} tem ${to} em vez de ${from} livres para o node ${node}`,
    en: `the driver of class ${name} has ${to} instead of ${from} free for node ${node}`,
  }),
  'more-attachments': ({ node, driver, from, to }) => ({
    'pt-BR': `o driver ${driver} liga ${to} volumes em vez de ${from} ao node ${node}`,
    en: `driver ${driver} attaches ${to} volumes instead of ${from} to node ${node}`,
  }),
  'mount-read-only': ({ volume }) => ({
    'pt-BR': `o Pod monta o volume ${volume} só para leitura`,
    en: `the Pod mounts the volume ${volume} for reading only`,
  }),
  'remove-pod': ({ pod }) => ({
    'pt-BR': `o Pod ${pod} não está lá`,
    en: `Pod ${pod} is not there`,
  }),
  'remove-node': ({ node }) => ({
    'pt-BR': `o node ${node} não está lá`,
    en: `node ${node} is not there`,
  }),
  'patch-pod': ({ patch }) => ({
    'pt-BR': `no Pod: ${patch}`,
    en: `in the Pod: ${patch}`,
  }),
  'patch-node': ({ node, patch }) => ({
    'pt-BR': `no node ${node}: ${patch}`,
    en: `in node ${node}: ${patch}`,
  }),
  weight: ({ plugin, weight }) => ({
    'pt-BR': `peso ${weight} para ${plugin}`,
    en: `weight ${weight} for ${plugin}`,
  }),
  configuration: () => ({
    'pt-BR': 'com outra configuração do scheduler',
    en: 'with another configuration of the scheduler',
  }),
  disable: ({ plugin }) => ({
    'pt-BR': `sem o plugin ${plugin}`,
    en: `without the plugin ${plugin}`,
  }),
};

/** A class may be without a name. */
function quoted(name: string | undefined): string {
  return JSON.stringify(name ?? '');
}

/** A change in words, in both languages. */
export function changeText({ id, params }: Wording): LocalizedText {
  const sentence = SENTENCES[id];
  if (sentence === undefined) return { 'pt-BR': id, en: id };
  return sentence(params);
}
