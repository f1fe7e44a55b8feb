/**
 * What dpkg runs around installing and removing. It asks nothing and starts nothing. Baselines, histories, keys,
 * policies and schedules are the administrator's: nothing here touches them.
 */
import { FAILURE, SERVICE, TIMER } from '../../src/app/schedule/unit-names.ts';
import { CONFIGURATION, STATE } from './system-files.ts';

const HEAD = '#!/bin/sh\nset -e\n\n';
const UNITS = `'${TIMER}' '${SERVICE}' '${FAILURE}'`;

/** Of init-system-helpers. What follows is what debhelper writes for units that installing does not enable. */
const HELPER = 'if command -v deb-systemd-helper >/dev/null; then';

const RELOAD = `if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null || true
fi
`;

const POSTINST = `${HEAD}if [ "$1" = configure ] || [ "$1" = abort-upgrade ] || [ "$1" = abort-deconfigure ] || [ "$1" = abort-remove ]; then
  ${HELPER}
    # Not at the first installation, when whether it was enabled is answered by yes.
    if deb-systemd-helper debian-installed '${TIMER}'; then
      # Takes away masks that the removal of this package made, and keeps what an administrator enabled.
      deb-systemd-helper unmask ${UNITS} >/dev/null || true
      if deb-systemd-helper --quiet was-enabled '${TIMER}'; then
        deb-systemd-helper enable '${TIMER}' >/dev/null || true
      fi
    fi
    deb-systemd-helper update-state '${TIMER}' >/dev/null || true
  fi
  ${indented(RELOAD)}
fi

exit 0
`;

const PRERM = `${HEAD}if [ "$1" = remove ]; then
  # Only the timer that this package brought: one that integ schedule install wrote stays, as configuration does.
  if [ -d /run/systemd/system ] && [ ! -e /etc/systemd/system/${TIMER} ]; then
    deb-systemd-invoke stop '${TIMER}' >/dev/null || true
  fi
  for schedule in /etc/systemd/system/integ-check*.timer /etc/cron.d/integ /etc/cron.d/integ-*; do
    if [ -f "$schedule" ] && [ ! -L "$schedule" ]; then
      echo "integ: $schedule stays, and no nightly check can run without the package; to remove it before: integ schedule remove" >&2
    fi
  done
fi

exit 0
`;

const POSTRM = `${HEAD}if [ "$1" = remove ] && command -v deb-systemd-helper >/dev/null; then
  deb-systemd-helper mask ${UNITS} >/dev/null || true
fi
if [ "$1" = purge ]; then
  if command -v deb-systemd-helper >/dev/null; then
    deb-systemd-helper purge ${UNITS} >/dev/null || true
    deb-systemd-helper unmask ${UNITS} >/dev/null || true
  fi
  # dpkg has removed what the package brought. The rest is the administrator's.
  for kept in /${CONFIGURATION} /${STATE}; do
    if [ -d "$kept" ]; then
      if [ -n "$(ls -A "$kept")" ]; then
        echo "integ: kept in $kept: $(ls -Ab "$kept" | tr '\\n' ' ')" >&2
      else
        rmdir "$kept"
      fi
    fi
  done
fi
${RELOAD}
exit 0
`;

function indented(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n  ');
}

export const MAINTAINER_SCRIPTS: Readonly<Record<string, string>> = {
  postinst: POSTINST,
  prerm: PRERM,
  postrm: POSTRM,
};
