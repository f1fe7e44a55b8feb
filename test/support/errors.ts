/** Errors for the user, which a test expects. Any other one is a defect and ends it. */
import { UserError } from '../../src/model/errors.ts';

export function errorOf(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}
