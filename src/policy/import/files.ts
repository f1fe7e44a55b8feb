/** What reading the configuration of another program asks of the host. Text has one character a byte. */
export interface ImportFiles {
  /** Throws a UserError that names the file. */
  readonly read: (file: string) => string;
  /** Names of the regular files in a directory, in byte order. Throws a UserError that names the directory. */
  readonly list: (directory: string) => readonly string[];
  readonly exists: (path: string) => boolean;
  /** Whether the owner may run the file. */
  readonly isProgram: (file: string) => boolean;
  /** Of the host the policy is for, without the domain. */
  readonly hostName: string;
}
