import type { LabState, LabSummary } from '../../electron/shared/contract/lab.ts';

const text = (pt: string, en: string) => ({ 'pt-BR': pt, en });

/** Test only: a lab in the middle, as a grading engine would describe it. */
export function fakeLab(): LabState {
  return {
    id: 'reconcile-loop',
    track: 'architecture',
    title: text('O laço de reconciliação', 'The reconcile loop'),
    attempt: 'a1',
    phase: 'running',
    current: 1,
    points: 20,
    maxPoints: 100,
    score: 20,
    passMark: 70,
    passed: false,
    debrief: null,
    steps: [
      {
        id: 'deploy',
        title: text('Três réplicas', 'Three replicas'),
        text: text('Crie um Deployment.', 'Create a Deployment.'),
        status: 'done',
        tasks: [
          {
            id: 't1',
            title: text('Criar o Deployment `web`', 'Create the Deployment `web`'),
            weight: 20,
            status: 'passed',
            credit: 1,
            expected: text('3 réplicas prontas', '3 ready replicas'),
            actual: text('3 réplicas prontas', '3 ready replicas'),
            needs: [],
            hints: [],
          },
        ],
        questions: [],
        debrief: text(
          'O **Deployment** criou um ReplicaSet, e o ReplicaSet criou os Pods.',
          'The **Deployment** created a ReplicaSet, and the ReplicaSet created the Pods.',
        ),
      },
      {
        id: 'delete',
        title: text('Apague um Pod', 'Delete a Pod'),
        text: text(
          'Um controlador compara o que foi **pedido** com o que **existe** e age sobre a diferença. Veja isso acontecer.\n\nListe os Pods e apague um deles:\n\n```sh\nkubectl get pods -o wide\n```\n\nAcompanhe no diagrama o caminho do pedido: `kubectl`, `kube-apiserver`, `etcd`, e a notificação que volta ao `kube-controller-manager`.',
          'A controller compares what was **asked for** with what **exists** and acts on the difference. Watch it happen.\n\nList the Pods and delete one of them:\n\n```sh\nkubectl get pods -o wide\n```\n\nFollow the path of the request on the diagram: `kubectl`, `kube-apiserver`, `etcd`, and the notification that goes back to `kube-controller-manager`.',
        ),
        status: 'current',
        tasks: [
          {
            id: 't2',
            title: text('Apagar um dos Pods de web', 'Delete one of the Pods of web'),
            weight: 10,
            status: 'open',
            credit: 0,
            expected: text('um Pod de web apagado por você', 'one Pod of web deleted by you'),
            actual: text('nenhum Pod foi apagado', 'no Pod has been deleted'),
            needs: ['q1'],
            hints: [
              { cost: 0, text: null },
              { cost: 2, text: null },
            ],
          },
          {
            id: 't3',
            title: text('O Pod foi substituído', 'The Pod was replaced'),
            weight: 15,
            status: 'failed',
            credit: 0,
            expected: text('3 Pods prontos, um deles novo', '3 ready Pods, one of them new'),
            actual: text('2 Pods prontos', '2 ready Pods'),
            needs: [],
            hints: [
              {
                cost: 2,
                text: text('Olhe o campo `ownerReferences` do Pod.', 'Look at the Pod’s `ownerReferences`.'),
              },
            ],
          },
        ],
        questions: [
          {
            id: 'q1',
            purpose: 'prediction',
            kind: 'one',
            question: text(
              'O que acontece com o número de Pods depois que você apaga um?',
              'What happens to the number of Pods after you delete one?',
            ),
            weight: 10,
            options: [
              {
                id: 'a',
                text: text('Fica em 2 até eu criar outro', 'It stays at 2 until I create another'),
                correct: null,
                explanation: null,
              },
              {
                id: 'b',
                text: text('Volta a 3 sozinho', 'It goes back to 3 by itself'),
                correct: null,
                explanation: null,
              },
              {
                id: 'c',
                text: text('Todos são recriados', 'All of them are recreated'),
                correct: null,
                explanation: null,
              },
            ],
            answer: [],
            correct: null,
            explanation: null,
          },
          {
            id: 'q2',
            purpose: 'quiz',
            kind: 'many',
            question: text('Quem participou da substituição?', 'Who took part in the replacement?'),
            weight: 5,
            options: [
              {
                id: 'a',
                text: text('kube-controller-manager', 'kube-controller-manager'),
                correct: true,
                explanation: text(
                  'Viu 2 de 3 e criou o que faltava.',
                  'It saw 2 of 3 and created what was missing.',
                ),
              },
              {
                id: 'b',
                text: text('kube-scheduler', 'kube-scheduler'),
                correct: true,
                explanation: text('Escolheu o node.', 'It chose the node.'),
              },
              {
                id: 'c',
                text: text('kube-proxy', 'kube-proxy'),
                correct: false,
                explanation: text('Não cria Pods.', 'It does not create Pods.'),
              },
            ],
            answer: ['a', 'c'],
            correct: false,
            explanation: null,
          },
        ],
        debrief: null,
      },
      {
        id: 'stop',
        title: text('Pare o controlador', 'Stop the controller'),
        text: text('…', '…'),
        status: 'locked',
        tasks: [],
        questions: [],
        debrief: null,
      },
    ],
  };
}

export function finishedLab(): LabState {
  const lab = fakeLab();
  return {
    ...lab,
    phase: 'finished',
    points: 88,
    score: 88,
    passed: true,
    steps: lab.steps.map((step) => ({ ...step, status: 'done' as const })),
    debrief: text(
      'Nenhum componente mandou recriar o Pod. O kube-controller-manager **observou** a falta e agiu; parado ele, ninguém age.',
      'No component was told to recreate the Pod. kube-controller-manager **observed** that it was missing and acted; with it stopped, nobody acts.',
    ),
  };
}

export function fakeLabs(): LabSummary[] {
  return [
    {
      id: 'first-look',
      track: 'architecture',
      title: text('Primeiro olhar', 'First look'),
      summary: text('Quem roda onde, e quem fala com quem.', 'Who runs where, and who talks to whom.'),
      minutes: 15,
      difficulty: 'introductory',
      status: 'finished',
      score: 92,
    },
    {
      id: 'reconcile-loop',
      track: 'architecture',
      title: text('O laço de reconciliação', 'The reconcile loop'),
      summary: text(
        'Pare um controlador e veja o que deixa de acontecer.',
        'Stop a controller and see what no longer happens.',
      ),
      minutes: 20,
      difficulty: 'introductory',
      status: 'in-progress',
      score: null,
    },
  ];
}
