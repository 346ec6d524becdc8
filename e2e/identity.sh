#!/usr/bin/env bash
# Inside, the user is the same user: ids, names, groups, home and directory.
# shellcheck disable=SC2164 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

inside() { "$KERR" exec "$BUSYBOX" "$@"; }

is_the_same_user() {
  local command
  for command in 'id -u' 'id -g' 'id -un' 'whoami' 'echo $HOME' 'pwd'; do
    expect_stdout "$(sh -c "$command")" inside sh -c "$command"
  done
}

is_the_same_user_everywhere() {
  local directory
  for directory in "$HOME" /tmp /var/tmp "$SCRATCH"; do
    cd "$directory"
    expect_stdout "$(id -u) $directory" inside sh -c 'echo $(id -u) $(pwd)'
  done
}

# A user namespace maps the primary group only; the other groups' rights hold all the same.
keeps_the_primary_group_and_its_rights() {
  expect_stdout "$(id -gn)" inside id -gn
  expect_stdout_contains "Gid:	$(id -g)	$(id -g)	$(id -g)	$(id -g)" inside cat /proc/self/status
}

# An image whose account files have a line for this user, and others.
make_image() {
  mkdir "$SCRATCH/accounts"
  printf 'root:x:0:0:root:/root:/bin/ash\nmine:x:%s:77:Of The Image:/nowhere:/bin/special\nother:x:4242:4242::/:/bin/false\n' "$(id -u)" >"$SCRATCH/accounts/passwd"
  printf 'root:x:0:\nothers:x:4242:root\n' >"$SCRATCH/accounts/group"
  build "$SCRATCH/accounts.sif" <<END
Bootstrap: localimage
From: $BUSYBOX
%files
    $SCRATCH/accounts/passwd /etc/passwd
    $SCRATCH/accounts/group /etc/group
END
}

adds_the_user_to_the_accounts() {
  local line
  line=$(getent passwd "$(id -u)")
  [ "$(id -u)" = 0 ] || expect_stdout "$line" inside grep "^$(id -un):" /etc/passwd
  expect_stdout_contains ":$HOME:" inside grep "^$(id -un):" /etc/passwd
  expect_stdout_contains ':x:' inside grep "^$(id -gn):" /etc/group
}

keeps_the_images_shell() {
  is_root || expect_stdout "$(id -un):x:$(id -u):77:$(getent passwd "$(id -u)" | cut -d : -f 5):$HOME:/bin/special" \
    "$KERR" exec "$SCRATCH/accounts.sif" grep ":x:$(id -u):" /etc/passwd
  expect_stdout_contains /bin/ash "$KERR" exec "$SCRATCH/accounts.sif" grep '^root:' /etc/passwd
  if is_root; then expect_stdout_contains "$HOME" "$KERR" exec "$SCRATCH/accounts.sif" grep '^root:' /etc/passwd; fi
}

keeps_the_images_own_lines() {
  expect_stdout 'other:x:4242:4242::/:/bin/false' "$KERR" exec "$SCRATCH/accounts.sif" grep '^other:' /etc/passwd
  expect_stdout 'others:x:4242:root' "$KERR" exec "$SCRATCH/accounts.sif" grep '^others:' /etc/group
}

lists_every_group_of_the_user() {
  local gid
  for gid in $(id -G); do
    expect_stdout_contains ":x:$gid:" "$KERR" exec "$SCRATCH/accounts.sif" grep ":x:$gid:" /etc/group
  done
}

does_without_account_files() {
  sandbox
  rm -f "$SANDBOX/etc/passwd" "$SANDBOX/etc/group"
  expect_stdout "$(id -u)" "$KERR" exec "$SANDBOX" id -u
  expect_stdout "$HOME" "$KERR" exec "$SANDBOX" sh -c 'echo $HOME'
}

writes_as_the_user() {
  inside touch "$SCRATCH/written"
  expect_equal "$(id -u):$(id -g)" "$(stat -c %u:%g "$SCRATCH/written")"
  (cd "$HOME" && inside sh -c 'echo "written inside" >kerr-e2e-home')
  expect_equal 'written inside' "$(cat "$HOME/kerr-e2e-home")"
  rm "$HOME/kerr-e2e-home"
}

is_root_with_fakeroot() {
  if is_root; then
    expect_stdout 0 "$KERR" exec --fakeroot "$BUSYBOX" id -u
    return
  fi
  expect_stdout '0 0 root /root' "$KERR" exec --fakeroot "$BUSYBOX" sh -c 'echo $(id -u) $(id -g) $(whoami) $HOME'
  touch "$HOME/kerr-e2e-home"
  expect_stdout 0 "$KERR" exec --fakeroot "$BUSYBOX" stat -c %u /root/kerr-e2e-home
  rm "$HOME/kerr-e2e-home"
  expect_silent "$KERR" exec --fakeroot --writable-tmpfs "$BUSYBOX" sh -c 'touch /x && chown 12:34 /x'
}

# ---- the directory

starts_where_the_caller_is() {
  mkdir -p 'a b/ü'
  cd 'a b/ü'
  expect_stdout "$PWD" inside pwd
}

starts_where_the_caller_went_by_a_link() {
  mkdir real
  ln -s real link
  cd link
  expect_stdout "$(pwd -P)" inside pwd -P
  expect_equal '' "$STDERR"
}

starts_where_it_is_told() {
  expect_stdout /etc "$KERR" exec --cwd /etc "$BUSYBOX" pwd
  expect_stdout /usr "$KERR" exec --pwd=/usr "$BUSYBOX" pwd
  expect_stdout /usr env SINGULARITY_PWD=/usr "$KERR" exec "$BUSYBOX" pwd
  expect_fatal /no/such "$KERR" exec --cwd /no/such "$BUSYBOX" pwd
}

starts_elsewhere_if_the_directory_is_gone() {
  mkdir gone
  cd gone
  rmdir ../gone
  run inside sh -c 'pwd'
  expect_equal 0 "$STATUS"
  case $STDOUT in "$HOME" | /) ;; *) e2e_show 'expected the home directory' ;; esac
}

starts_elsewhere_if_the_directory_cannot_be_entered() {
  mkdir closed
  run sh -c 'cd closed && chmod 0 . && "$0" exec "$1" pwd' "$KERR" "$BUSYBOX"
  chmod 700 closed
  expect_equal 0 "$STATUS"
}

works_without_home() {
  expect_stdout "$HOME" env -u HOME "$KERR" exec "$BUSYBOX" sh -c 'echo $HOME'
  expect_equal '' "$STDERR"
  expect_stdout "$HOME" env HOME=/no/such "$KERR" exec "$BUSYBOX" sh -c 'echo $HOME'
}

make_image
it 'is the same user inside' is_the_same_user
it 'is the same user from every directory' is_the_same_user_everywhere
it 'keeps the primary group' keeps_the_primary_group_and_its_rights
it "adds the user to the container's accounts" adds_the_user_to_the_accounts
it "keeps the image's shell and root's name" keeps_the_images_shell
it "keeps the image's own accounts" keeps_the_images_own_lines
it 'lists every group of the user' lists_every_group_of_the_user
it 'does without account files' does_without_account_files
it 'writes files as the user' writes_as_the_user
if is_root || grep -q "^$(id -un):" /etc/subuid 2>/dev/null; then
  it 'is root with --fakeroot' is_root_with_fakeroot
else
  skip 'is root with --fakeroot' "there is no range for $(id -un) in /etc/subuid"
fi
it 'starts where the caller is' starts_where_the_caller_is
it 'starts where the caller went by a symbolic link' starts_where_the_caller_went_by_a_link
it 'starts where it is told, or not at all' starts_where_it_is_told
it 'starts elsewhere if the directory is gone' starts_elsewhere_if_the_directory_is_gone
it 'starts elsewhere if the directory cannot be entered' starts_elsewhere_if_the_directory_cannot_be_entered
it 'works without HOME, or with a wrong one' works_without_home
