import { describe, expect, it } from 'vitest';
import { actionText, stateText } from './reconcile-text.ts';

describe('actionText', () => {
  it('counts, names and translates', () => {
    expect(actionText('create-pods', { count: 1 }, 'en')).toBe('create 1 Pod');
    expect(actionText('create-pods', { count: 3 }, 'pt-BR')).toBe('criar 3 Pods');
    const scaled = { replicaSet: 'web-1', from: 2, to: 3 };
    expect(actionText('scale-up', scaled, 'en')).toBe('scale ReplicaSet web-1 up from 2 to 3');
    expect(actionText('scale-up', scaled, 'pt-BR')).toBe('aumentar o ReplicaSet web-1 de 2 para 3');
    expect(actionText('back-off', { wait: 9500 }, 'en')).toBe('wait 10 s after failures');
    expect(actionText('delete-pods', { create: 0, delete: 2 }, 'en')).toBe('delete 2 Pods');
  });

  it('leaves an action without a sentence as it is', () => {
    expect(actionText('defragment', {}, 'pt-BR')).toBe('defragment');
  });
});

describe('stateText', () => {
  it('says one Pod, and translates what it knows', () => {
    expect(stateText('1 Pods', 'en')).toBe('1 Pod');
    expect(stateText('11 Pods', 'en')).toBe('11 Pods');
    expect(stateText('3 Pods, 1 of the present template, 2 available', 'pt-BR')).toBe(
      '3 Pods, 1 do template atual, 2 disponíveis',
    );
    expect(stateText('1 nodes without their Pod, 0 Pods too many or too old', 'pt-BR')).toBe(
      '1 node sem o seu Pod, 0 Pods a mais ou velhos demais',
    );
    expect(stateText('node.kubernetes.io/unreachable:NoExecute', 'pt-BR')).toBe(
      'node.kubernetes.io/unreachable:NoExecute',
    );
  });
});
