/** The terminal of a review: reads keys, shows the screen, and gives the terminal back whatever happens. */
import { emitKeypressEvents, type Key as ReadlineKey } from 'node:readline';
import { styleText } from 'node:util';
import type { Report } from '../../model/report.ts';
import { plain } from '../../report/plain.ts';
import type { KnownBesides } from './entries.ts';
import { press } from './keys.ts';
import type { ScreenLine } from './list.ts';
import { pageLength, renderReview, type ScreenRow } from './screen.ts';
import { type ReviewOutcome, startReview } from './state.ts';

/** No cursor, and no line that goes on in the next one, should a terminal show a name wider than it is (DECAWM). */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const ERASE_LINE = '\x1b[K';
/** The smallest terminal that there is (VT100). */
const FALLBACK = { columns: 80, rows: 24 };

const STYLES = {
  plain: [],
  title: ['bold'],
  selected: ['inverse'],
  group: ['bold'],
  flagged: ['yellow'],
  keys: ['dim'],
  alert: ['yellow'],
} as const;

/** What a session shows itself on. */
export interface SessionOptions {
  readonly color: boolean;
  readonly known: KnownBesides;
  /** Registers what gives the terminal back when a signal ends the process. */
  onSignal(undo: () => void): () => void;
}

/** Lets a person decide about the findings of a report. Standard input and output must be terminals. */
export function runSession(report: Report, options: SessionOptions): Promise<ReviewOutcome | 'nothing'> {
  const { stdin, stdout } = process;
  const size = () => ({ columns: stdout.columns || FALLBACK.columns, rows: stdout.rows || FALLBACK.rows });
  let state = startReview(report, options.known);
  const draw = (): void => {
    const lines = renderReview(state, size()).map((row) => painted(row, options.color));
    stdout.write(HOME + lines.join('\r\n'));
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

/**
 * What stands beside is placed by its column: it does not depend on how wide the terminal shows what is before it. A
 * line is erased before it is written: after one that is as long as the screen, the cursor is still on its last
 * character.
 */
function painted({ beside, ...line }: ScreenRow, color: boolean): string {
  const shown = ERASE_LINE + paint(line, color);
  return beside === undefined ? shown : `${shown}\x1b[${beside.column + 1}G${ERASE_LINE}${plain(beside.text)}`;
}

function paint({ text, style }: ScreenLine, color: boolean): string {
  const formats = style === 'selected' || color ? STYLES[style] : [];
  const shown = plain(text);
  return formats.length === 0 ? shown : styleText([...formats], shown, { validateStream: false });
}
