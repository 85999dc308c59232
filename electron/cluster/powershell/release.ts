const RELEASES: Readonly<Record<string, string>> = { '10.0.17763': '2019', '10.0.26100': '2025' };

/** `2022` of `10.0.20348`: under which year a Windows Server is sold. */
export function windowsRelease(osVersion: string): string {
  return RELEASES[osVersion] ?? '2022';
}
