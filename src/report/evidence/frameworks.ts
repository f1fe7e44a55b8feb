/** The frameworks by name. */
import type { Framework, FrameworkName } from './framework.ts';
import { CIS } from './frameworks/cis.ts';
import { HIPAA } from './frameworks/hipaa.ts';
import { ISO } from './frameworks/iso.ts';
import { NIST } from './frameworks/nist.ts';
import { PCI_DSS } from './frameworks/pci-dss.ts';

export const FRAMEWORKS: Readonly<Record<FrameworkName, Framework>> = {
  'pci-dss': PCI_DSS,
  nist: NIST,
  cis: CIS,
  hipaa: HIPAA,
  iso: ISO,
};
