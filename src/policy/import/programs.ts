/** Programs whose configuration is read as a policy. Loads nothing: the help names them. */
export const FOREIGN_PROGRAMS = ['aide', 'tripwire', 'wazuh', 'osquery', 'samhain'] as const;
export type ForeignProgram = (typeof FOREIGN_PROGRAMS)[number];
