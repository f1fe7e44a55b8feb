/** The terminal of a review: reads keys, shows the screen, and gives the terminal back whatever happens. */
import { emitKeypressEvents, type Key as ReadlineKey } from 'node:readline';
import { styleText } from 'node:util';
import type { Report } from '../../model/report.ts';
import { plain } from '../../report/plain.ts';
import { pageLength, renderReview, type ScreenLine } from './screen.ts';
import { press, type ReviewOutcome, startReview } from './state.ts';

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const ERASE_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';
/** The smallest terminal that there is (VT100). */
const FALLBACK = { columns: 80, rows: 24 };

const STYLES = {
  plain: [],
  title: ['bold'],
  selected: ['inverse'],
  group: ['bold'],
  keys: ['dim'],
  alert: ['yellow'],
} as const;

/** What a session shows itself on. */
export interface SessionOptions {
  readonly color: boolean;
  /** Other rules that findings came from, by their position in the report. */
  readonly oldRules: ReadonlyMap<number, string>;
  /** Registers what gives the terminal back when a signal ends the process. */
  onSignal(undo: () => void): () => void;
}

/** Lets a person decide about the findings of a report. Standard input and output must be terminals. */
export function runSession(report: Report, options: SessionOptions): Promise<ReviewOutcome | 'nothing'> {
  const { stdin, stdout } = process;
  const size = () => ({ columns: stdout.columns || FALLBACK.columns, rows: stdout.rows || FALLBACK.rows });
  let state = startReview(report, options.oldRules);
  const draw = (): void => {
    const lines = renderReview(state, size()).map((line) => paint(line, options.color) + ERASE_LINE);
    stdout.write(HOME + lines.join('\r\n') + ERASE_BELOW);
  };
  return new Promise((resolve) => {
    const restore = (): void => {
      stdin.setRawMode(false);
      stdout.write(LEAVE);
    };
    const unregister = options.onSignal(restore);
    const finish = (outcome: ReviewOutcome | 'nothing'): void => {
      stdin.off('keypress', onKey);
      stdin.off('end', onEnd);
      stdout.off('resize', draw);
      stdin.pause();
      unregister();
      restore();
      resolve(outcome);
    };
    const onEnd = (): void => finish('nothing');
    const onKey = (character: string | undefined, key: ReadlineKey): void => {
      // Raw mode gives Ctrl-C as a key; it must still end the program as the signal does.
      if (key.ctrl === true && key.name === 'c') {
        process.kill(process.pid, 'SIGINT');
        return;
      }
      const name = keyName(character, key);
      if (name === undefined) return;
      const step = press(state, name, pageLength(size()));
      state = step.state;
      if (step.end !== undefined) finish(step.end);
      else draw();
    };
    emitKeypressEvents(stdin);
    stdin.setRawMode(true);
    stdin.on('keypress', onKey);
    stdin.on('end', onEnd);
    stdout.on('resize', draw);
    stdin.resume();
    stdout.write(ENTER);
    draw();
  });
}

const NAMED: ReadonlySet<string> = new Set([
  'up',
  'down',
  'pageup',
  'pagedown',
  'home',
  'end',
  'return',
  'escape',
  'backspace',
]);

function keyName(character: string | undefined, key: ReadlineKey): string | undefined {
  if (key.name === 'enter') return 'return';
  if (key.name !== undefined && NAMED.has(key.name)) return key.name;
  if (key.ctrl === true || key.meta === true) return undefined;
  return character !== undefined && [...character].length === 1 && character >= ' ' ? character : undefined;
}

function paint({ text, style }: ScreenLine, color: boolean): string {
  const formats = style === 'selected' || color ? STYLES[style] : [];
  const shown = plain(text);
  return formats.length === 0 ? shown : styleText([...formats], shown, { validateStream: false });
}
