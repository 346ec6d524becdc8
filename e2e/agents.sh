#!/usr/bin/env bash
# kerr build: bootstrap agents that install packages, from repositories that the script makes itself.
# shellcheck disable=SC2164 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

sandbox
STATIC=$SANDBOX/bin/busybox # needs no libraries

# package NAME FILE…: an rpm in $REPOSITORY whose files are copies of a static busybox, but for /etc/redhat-release.
package() {
  local name=$1 file
  shift
  {
    printf 'Name: %s\nVersion: 1\nRelease: 1\nSummary: of a test\nLicense: none\nAutoReqProv: no\n' "$name"
    printf '%%description\nof a test\n%%install\n'
    for file in "$@"; do
      case $file in
        */redhat-release) printf 'mkdir -p %%{buildroot}/etc\necho "Test release 9" >%%{buildroot}%s\n' "$file" ;;
        *) printf 'mkdir -p %%{buildroot}%s\ncp %s %%{buildroot}%s\n' "${file%/*}" "$STATIC" "$file" ;;
      esac
    done
    printf '%%files\n'
    printf '%s\n' "$@"
  } >"$SCRATCH/$name.spec"
  HOME=$SCRATCH/rpmhome rpmbuild -bb --define "_topdir $SCRATCH/rpm" --define "_rpmdir $SCRATCH/$REPOSITORY" \
    --define '_build_id_links none' --define 'debug_package %{nil}' --define '__os_install_post %{nil}' \
    "$SCRATCH/$name.spec" >"$SCRATCH/.rpm" 2>&1 || { cat "$SCRATCH/.rpm" && return 1; }
}

repositories() {
  local REPOSITORY=mirror-9
  mkdir -p "$SCRATCH/rpmhome"
  package redhat-release /etc/redhat-release
  package coreutils /bin/sh /bin/cat /bin/true
  package aaa_base /bin/sh /bin/cat
  package extra /opt/extra
  REPOSITORY=updates-9
  package newer /opt/newer
  local name
  for name in mirror-9 updates-9; do createrepo_c -q "$SCRATCH/$name"; done
}

installs_with_dnf() {
  local agent
  for agent in dnf yum; do
    build $agent.sif <<END
Bootstrap: $agent
OSVersion: 9
MirrorURL: file://$SCRATCH/mirror-%{OSVERSION}
UpdateURL: file://$SCRATCH/updates-%{osversion}
Include: extra newer
Setopt: tsflags=nodocs install_weak_deps=False
%post
    cat /etc/redhat-release >/of-post
END
    expect_stdout 'Test release 9' "$KERR" exec $agent.sif cat /of-post
    expect_status 0 "$KERR" exec $agent.sif /bin/busybox true || expect_status 0 "$KERR" exec $agent.sif true
    build $agent --sandbox <<<$"Bootstrap: $agent
MirrorURL: file://$SCRATCH/mirror-9
Include: extra"
    [ -e $agent/opt/extra ] && [ ! -e $agent/opt/newer ] && [ ! -e $agent/dev/null ]
    [ -d $agent/var/lib/rpm ]
  done
}

says_why_dnf_fails() {
  printf 'Bootstrap: dnf\nMirrorURL: file://%s/nowhere\n' "$SCRATCH" >x.def
  expect_failure 255 'dnf failed: exit status 1' "$KERR" build out.sif x.def
  [ ! -e out.sif ]
}

installs_with_zypper() {
  build image.sif <<END
Bootstrap: zypper
OSVersion: 9
MirrorURL: file://$SCRATCH/mirror-%{OSVERSION}
OtherURL0: file://$SCRATCH/updates-%{OSVERSION}
Include: extra newer
%post
    cat /opt/newer >/of-post
END
  expect_status 0 "$KERR" exec image.sif cat /of-post
  expect_status 0 "$KERR" exec image.sif cat /opt/extra
}

# A repository of pacman is a tar of descriptions.
arch_repository() {
  local package=base-1-1-any.pkg.tar.gz
  mkdir -p "$SCRATCH/arch/tree/bin" "$SCRATCH/arch/tree/etc" "$SCRATCH/arch/base-1-1"
  cp "$STATIC" "$SCRATCH/arch/tree/bin/sh"
  cp "$STATIC" "$SCRATCH/arch/tree/bin/cat"
  echo 'NAME=Test' >"$SCRATCH/arch/tree/etc/os-release"
  printf '%s\n' 'pkgname = base' 'pkgbase = base' 'pkgver = 1-1' 'pkgdesc = of a test' 'arch = any' 'size = 1' \
    >"$SCRATCH/arch/tree/.PKGINFO"
  tar -C "$SCRATCH/arch/tree" --owner=0 --group=0 -czf "$SCRATCH/arch/$package" .PKGINFO bin etc
  printf '%%%s%%\n%s\n\n' FILENAME $package NAME base VERSION 1-1 ARCH any ISIZE 1 \
    CSIZE "$(stat -c %s "$SCRATCH/arch/$package")" >"$SCRATCH/arch/base-1-1/desc"
  tar -C "$SCRATCH/arch" -czf "$SCRATCH/arch/core.db" base-1-1
  printf '[options]\nArchitecture = auto\nSigLevel = Never\n[core]\nServer = file://%s/arch\n' "$SCRATCH" >"$SCRATCH/arch/pacman.conf"
}

installs_with_pacman() {
  build image.sif <<END
Bootstrap: arch
ConfURL: file://$SCRATCH/arch/pacman.conf
%post
    cat /etc/os-release >/of-post
END
  expect_stdout NAME=Test "$KERR" exec image.sif cat /of-post
}

installs_busybox() {
  build image.sif <<END
Bootstrap: busybox
MirrorURL: file://$STATIC
%post
    ls / | grep -q proc
    id >/of-post
END
  expect_stdout_contains 'uid=0' "$KERR" exec image.sif cat /of-post
  expect_stdout_contains root "$KERR" exec image.sif head -n 1 /etc/passwd
  expect_fatal_of_curl
}

expect_fatal_of_curl() {
  printf 'Bootstrap: busybox\nMirrorURL: file:///nowhere/busybox\n' >x.def
  expect_failure 255 'failed: exit status' "$KERR" build out.sif x.def
  [ ! -e out.sif ]
}

# A program that is missing is named with the package that has it.
names_the_package_that_is_missing() {
  local agent wanted missing=0
  while read -r agent wanted; do
    command -v "${wanted%% *}" >/dev/null && continue
    printf 'Bootstrap: %s\nMirrorURL: http://127.0.0.1:1/\n' "$agent" >x.def
    expect_failure 255 "apt-get install ${wanted#* }" "$KERR" build out.sif x.def
    missing=$((missing + 1))
  done <<'END'
dnf dnf dnf
zypper zypper zypper
arch pacman pacman-package-manager
END
  echo "$missing were missing"
}

it 'names the package of a program that is missing' names_the_package_that_is_missing
if command -v rpmbuild createrepo_c dnf >/dev/null; then
  repositories
  it 'installs with dnf' installs_with_dnf
  it 'says that dnf failed' says_why_dnf_fails
  if command -v zypper >/dev/null; then
    it 'installs with zypper' installs_with_zypper
  else
    skip 'installs with zypper' 'there is no zypper'
  fi
else
  skip 'installs with dnf and zypper' 'there is no dnf, rpmbuild or createrepo_c'
fi
if command -v pacman >/dev/null; then
  arch_repository
  it 'installs with pacman' installs_with_pacman
else
  skip 'installs with pacman' 'there is no pacman'
fi
if command -v curl >/dev/null; then
  it 'installs busybox' installs_busybox
else
  skip 'installs busybox' 'there is no curl, which reads file://'
fi
