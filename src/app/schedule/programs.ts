/** What a file of a schedule runs, read back from its text: a schedule may outlive the integ that wrote it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The words of the command, as far as they stand there without an escape. */
export function commandWords(text: string): readonly string[] {
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

/** The files before the word "check": integ, or Node.js and its script. */
export function programsIn(text: string): readonly string[] {
  const command = commandWords(text);
  return command.slice(0, Math.max(0, command.indexOf('check'))).filter((path) => /^\/[^'\\]*$/.test(path));
}

/** Those that are not there. */
export function missingPrograms(text: string, root: string): readonly string[] {
  return programsIn(text).filter((path) => !existsSync(join(root, path)));
}
