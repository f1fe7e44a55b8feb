# Puts integ on a host: the package, a policy, the first baseline, the nightly check. A second run changes nothing.
# docs/automation.md describes it.
#
#   class { 'integ': package => '/var/cache/integ_1.0.0_amd64.deb', policy => 'puppet:///modules/site/integ.yaml' }
class integ (
  String $package,
  String $policy,
  String $at = '02:30',
) {
  package { 'integ':
    ensure   => installed,
    provider => dpkg,
    source   => $package,
  }

  -> file { '/etc/integ/policy.yaml':
    ensure       => file,
    owner        => 'root',
    group        => 'root',
    mode         => '0644',
    source       => $policy,
    validate_cmd => '/usr/bin/integ policy check %',
    notify       => Exec['integ policy update'],
  }

  # Runs where there is no baseline, and fails where one was in force and is gone.
  -> exec { 'integ init':
    command => '/usr/bin/integ init --once',
    creates => '/var/lib/integ/baseline.db',
    timeout => 0,
  }

  # After a change of the policy file only; right after the first baseline there is nothing to do.
  -> exec { 'integ policy update':
    command     => "/usr/bin/integ policy update --reason 'policy of Puppet'",
    refreshonly => true,
    timeout     => 0,
  }

  -> exec { 'integ schedule install':
    command  => "/usr/bin/integ schedule install --at ${at}",
    unless   => "/usr/bin/integ schedule install --at ${at} --dry-run | grep -q '^Nothing to do: '",
    provider => shell,
  }
}
