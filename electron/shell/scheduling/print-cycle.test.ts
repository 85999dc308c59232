import { describe, expect, it } from 'vitest';
import type { CycleAnswer, CycleDetail, WhyNotAnswer } from '../../shared/contract/scheduling.ts';
import { printCycle, printWhatIf, printWhyNot } from './print-cycle.ts';

const detail: CycleDetail = {
  scheduler: 'default-scheduler',
  attempt: 2,
  nodes: 3,
  feasible: 2,
  filters: ['NodeName', 'TaintToleration'],
  fits: ['a', 'b'],
  refused: ['cp'],
  why: 0,
  refusals: [{ plugin: 'TaintToleration', code: 'UnschedulableAndUnresolvable', reasons: ['tainted'] }],
  rejected: { TaintToleration: 1 },
  scores: [
    { plugin: 'Fit', weight: 1, raw: [97, 40], normalized: [97, 40] },
    { plugin: 'Spread', weight: 2, raw: [6, 9], normalized: [100, 66] },
  ],
  totals: [297, 172],
};
const answer: CycleAnswer = {
  pod: 'default/web',
  on: 'a',
  source: 'record',
  record: 7,
  time: 0,
  result: { outcome: 'bind', node: 'a', message: null, detail },
  queue: null,
  moves: [{ record: 5, time: 0, queue: 'active', why: 'NodeAdd', rejectors: ['Fit'] }],
  kept: [],
};

describe('kubectl explain-scheduling', () => {
  it('prints nodes by plugins, the best first', () => {
    expect(printCycle(answer, 'en')).toBe(
      [
        'Pod default/web: goes to a',
        '(decided in record 7, attempt 2)',
        '  moved to active by NodeAdd',
        '',
        'NODE   VERDICT         TOTAL   Fit x1   Spread x2',
        'a      fits (chosen)   297     97       6>100',
        'b      fits            172     40       9>66',
        'cp     TaintToleration: tainted',
        '',
      ].join('\n'),
    );
    expect(printCycle({ ...answer, source: 'rerun', record: null, on: 'b' }, 'pt-BR')).toMatch(
      /^Pod default\/web: vai para a\n\(nada registrado: .*\)\nEle está em b agora: .*\n/,
    );
  });

  it('says of a Pod that is held back, or that nobody has seen, why nothing follows', () => {
    const nothing = { ...detail, fits: [], refused: [], scores: [], totals: 0 };
    const result = { outcome: 'gated' as const, node: null, message: 'waiting', detail: nothing };
    const held = { ...answer, on: null, source: 'rerun' as const, record: null, moves: [], result };
    expect(printCycle({ ...held, queue: 'unseen' }, 'en')).toBe(
      [
        'Pod default/web: held by scheduling gates: waiting',
        '(nothing recorded: the cycle was done now, and nothing was bound)',
        'No scheduler has seen it: it is stopped, or none answers for its schedulerName.',
        '',
      ].join('\n'),
    );
  });

  it('prints what preemption could do', () => {
    const candidates = [{ node: 'a', victims: [{ pod: 'default/low', priority: 1 }], pdbViolations: 0 }];
    const result = {
      outcome: 'preempt' as const,
      node: null,
      message: '0/3 nodes',
      detail: { ...detail, candidates },
    };
    expect(printCycle({ ...answer, on: null, result }, 'en')).toContain(
      'Preemption could make room on:\n  a: without default/low (1)\n',
    );
  });

  const whyNot: WhyNotAnswer = {
    when: 'decision',
    faithful: true,
    node: 'cp',
    fits: false,
    verdicts: [
      { plugin: 'NodeName', reasons: [] },
      { plugin: 'TaintToleration', code: 'Unschedulable', reasons: ['tainted'] },
    ],
    before: null,
    remedies: [
      {
        changes: [{ id: 'tolerate', params: { taint: 'x:NoSchedule' } }],
        outcome: 'bind',
        selected: 'a',
        feasible: 3,
      },
    ],
    complete: false,
  };

  it('prints why not a node, and what would help', () => {
    expect(printWhyNot(whyNot, 'default/web', 'en')).toBe(
      [
        'Pod default/web, node cp',
        '(As the scheduler saw the cluster when it decided; the cycle done again found the same)',
        '',
        'PLUGIN            VERDICT',
        'NodeName          passes',
        'TaintToleration   tainted',
        '',
        'Smallest changes with which cp takes the Pod, each tried:',
        '  1. the Pod tolerates the taint x:NoSchedule',
        '     then: goes to a, 3 fit',
        'The search was ended early: there may be others.',
        '',
      ].join('\n'),
    );
    expect(printWhyNot({ ...whyNot, remedies: [], complete: true }, 'default/web', 'pt-BR')).toContain(
      'Nada no Pod ou no node ajudaria: o motivo da recusa tem de mudar antes.\n',
    );
    expect(printWhyNot({ ...whyNot, remedies: [], complete: false }, 'default/web', 'en')).toContain(
      'No small change was found with which it would.\nThe search was ended early',
    );
  });

  it('prints a difference, and only that', () => {
    const { result } = answer;
    const after = {
      ...result,
      node: 'b',
      detail: { ...detail, totals: [100, 172] },
    };
    expect(
      printWhatIf(
        {
          when: 'now',
          faithful: null,
          changes: [{ id: 'disable', params: { plugin: 'Fit' } }],
          before: result,
          after,
        },
        'default/web',
        'en',
      ),
    ).toBe(
      [
        'Pod default/web (As the cluster is now; nothing recorded to compare with)',
        'With:',
        '  without the plugin Fit',
        '',
        'BEFORE: goes to a',
        'AFTER: goes to b',
        '',
        'NODE   BEFORE      AFTER',
        'a      fits, 297   fits, 100',
        'All other nodes: no difference.',
        '',
      ].join('\n'),
    );
  });
});
