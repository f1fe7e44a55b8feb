/**
 * The classes of commander, with types that infer the options and operands of a command from its definition. The
 * package of these types describes the same classes and is for the compiler only: what runs is commander.
 */
import type * as typed from '@commander-js/extra-typings';
import * as commander from 'commander';

// The two packages do not know of each other, so that nothing but a cast can say that they describe the same classes.
export const { Argument, Command, Option } = commander as unknown as typeof typed;

/** A command of which nothing more is known. */
export type AnyCommand = typed.CommandUnknownOpts;

/** The options of the command that a function defines, as commander hands them over. */
export type OptionsOf<Define extends (parent: never) => unknown> =
  ReturnType<Define> extends typed.Command<infer _Operands, infer Options, infer _Global> ? Readonly<Options> : never;
