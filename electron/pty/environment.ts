/** Variables of the host's own environment that a program on a terminal may see. Nothing else leaks into it. */
const allowed =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TEMP|TMP|SystemRoot|ComSpec|USERPROFILE|APPDATA|LOCALAPPDATA|PATHEXT)$/;

/** The environment of a program on a terminal: the allowed part of the host's, the terminal's own, then what was asked for. */
export function terminalEnvironment(
  host: Readonly<Record<string, string | undefined>>,
  wanted: Readonly<Record<string, string>>,
): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(host))
    if (value !== undefined && allowed.test(name)) out[name] = value;
  return { ...out, TERM: 'xterm-256color', COLORTERM: 'truecolor', ...wanted };
}
