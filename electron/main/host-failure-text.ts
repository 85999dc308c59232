/** Title and text of the box that says that the host cannot start. @param locale of the system, e.g. `pt-BR` */
export function hostFailureText(locale: string, code: number): [title: string, text: string] {
  if (locale.startsWith('pt'))
    return [
      'O Leme não consegue iniciar',
      `O processo que mantém o cluster terminou três vezes logo ao iniciar (código ${code}). Sua área de trabalho não foi ` +
        'alterada. Feche o Leme e abra-o de novo; se continuar, instale-o outra vez, ou inicie-o por um terminal para ver a causa.',
    ];
  return [
    'Leme cannot start',
    `The process that keeps the cluster ended three times as soon as it started (code ${code}). Your workspace was not ` +
      'changed. Close Leme and open it again; if this goes on, install it again, or start it from a terminal to see the cause.',
  ];
}
