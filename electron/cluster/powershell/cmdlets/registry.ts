import type { Cmdlet } from '../cmdlet.ts';
import { fileCmdlets } from './file-cmdlets.ts';
import { objectCmdlets } from './object-cmdlets.ts';
import { serviceCmdlets } from './service-cmdlets.ts';
import { systemCmdlets } from './system-cmdlets.ts';

/** By name in lower case. */
export const CMDLETS: ReadonlyMap<string, Cmdlet> = new Map(
  [...fileCmdlets, ...objectCmdlets, ...serviceCmdlets, ...systemCmdlets].map((cmdlet) => [
    cmdlet.name.toLowerCase(),
    cmdlet,
  ]),
);

/** Names that stand for cmdlets. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ['?', 'Where-Object'],
  ['%', 'ForEach-Object'],
  ['ac', 'Add-Content'],
  ['cat', 'Get-Content'],
  ['cd', 'Set-Location'],
  ['chdir', 'Set-Location'],
  ['clear', 'Clear-Host'],
  ['cls', 'Clear-Host'],
  ['copy', 'Copy-Item'],
  ['cp', 'Copy-Item'],
  ['del', 'Remove-Item'],
  ['dir', 'Get-ChildItem'],
  ['echo', 'Write-Output'],
  ['erase', 'Remove-Item'],
  ['fl', 'Format-List'],
  ['foreach', 'ForEach-Object'],
  ['ft', 'Format-Table'],
  ['gc', 'Get-Content'],
  ['gci', 'Get-ChildItem'],
  ['gcm', 'Get-Command'],
  ['gi', 'Get-Item'],
  ['gl', 'Get-Location'],
  ['gps', 'Get-Process'],
  ['gsv', 'Get-Service'],
  ['help', 'Get-Help'],
  ['kill', 'Stop-Process'],
  ['ls', 'Get-ChildItem'],
  ['man', 'Get-Help'],
  ['md', 'mkdir'],
  ['measure', 'Measure-Object'],
  ['move', 'Move-Item'],
  ['mv', 'Move-Item'],
  ['ni', 'New-Item'],
  ['ps', 'Get-Process'],
  ['pwd', 'Get-Location'],
  ['rd', 'Remove-Item'],
  ['ren', 'Rename-Item'],
  ['rm', 'Remove-Item'],
  ['rmdir', 'Remove-Item'],
  ['sasv', 'Start-Service'],
  ['sc', 'Set-Content'],
  ['select', 'Select-Object'],
  ['sl', 'Set-Location'],
  ['sleep', 'Start-Sleep'],
  ['sls', 'Select-String'],
  ['sort', 'Sort-Object'],
  ['spps', 'Stop-Process'],
  ['spsv', 'Stop-Service'],
  ['type', 'Get-Content'],
  ['where', 'Where-Object'],
  ['write', 'Write-Output'],
]);
