/** What a file of a schedule runs, read back from its text: a schedule may outlive the integ that wrote it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The words of the command, as far as they stand there without an escape. */
function words(text: string): readonly string[] {
  const [, quoted] = /^ExecStart=(.*)$/m.exec(text) ?? [];
  if (quoted !== undefined) {
    return [...quoted.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = ''], index) => {
      const plain = word.replaceAll('%%', '%');
      // systemd takes the first word without variables.
      return index === 0 ? plain : plain.replaceAll('$$', '$');
    });
  }
  const [, line = ''] = /^\d+ \d+ \* \* \* root (.*)$/m.exec(text) ?? [];
  return line.split(' ');
}

/** The files before the word "check" that are not there: integ, or Node.js and its script. */
export function missingPrograms(text: string, root: string): readonly string[] {
  const command = words(text);
  const programs = command.slice(0, Math.max(0, command.indexOf('check')));
  return programs.filter((path) => /^\/[^'\\]*$/.test(path) && !existsSync(join(root, path)));
}
