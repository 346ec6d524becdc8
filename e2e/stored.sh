#!/usr/bin/env bash
# Stored plans: a launch that was planned once is not planned again, until anything that the plan depends on is another.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
export KERR_CONFIGDIR=$SCRATCH/kerr
unset XDG_RUNTIME_DIR

# An installation of our own, whose planner can be taken away.
make_installation() {
  cp -r "${KERR%/bin/kerr}" "$SCRATCH/dist"
  cp "$BUSYBOX" "$SCRATCH/image.sif"
  sleep 2.1 # what has just changed may change again unseen: of that, no plan is stored
}
OURS=$SCRATCH/dist/bin/kerr
JVM=$SCRATCH/dist/lib/kerr/jvm

# without_planner COMMAND…: runs it while there is no planner.
without_planner() {
  mv "$JVM" "$JVM.away"
  local status=0
  "$@" || status=$?
  mv "$JVM.away" "$JVM"
  return $status
}

is_stored() { expect_status 0 without_planner "$@"; }
is_planned() { expect_failure 255 'cannot start' without_planner "$@"; }

is_performed_again() {
  local launch=("$OURS" exec --bind "$PWD:/mnt" "$SCRATCH/image.sif")
  is_planned "${launch[@]}" echo one
  expect_stdout one "${launch[@]}" echo one
  expect_equal two "$(without_planner "${launch[@]}" echo two)"
  expect_equal 'a  b|$HOME|' "$(without_planner "${launch[@]}" printf '%s|' 'a  b' '$HOME')"
  expect_status 7 without_planner "${launch[@]}" sh -c 'exit 7'
  expect_equal set "$(VARIABLE=set without_planner "${launch[@]}" sh -c 'echo $VARIABLE')"
  is_planned "$OURS" exec --bind "$PWD:/mnt" --cleanenv "$SCRATCH/image.sif" true
  is_planned "$OURS" run --bind "$PWD:/mnt" "$SCRATCH/image.sif"
}

tells_what_was_told() {
  local launch=("$OURS" exec --no-mount nothing "$SCRATCH/image.sif" true) told
  "${launch[@]}" 2>told
  [ -s told ]
  without_planner "${launch[@]}" 2>again
  cmp told again
  "$OURS" --silent exec --no-mount nothing "$SCRATCH/image.sif" true 2>told
  without_planner "$OURS" --silent exec --no-mount nothing "$SCRATCH/image.sif" true 2>again
  cmp told again
  "$OURS" --debug exec "$SCRATCH/image.sif" true
}

is_of_each_command() {
  "$OURS" run "$SCRATCH/image.sif" >/dev/null
  is_stored "$OURS" run "$SCRATCH/image.sif"
  is_stored "$OURS" run "$SCRATCH/image.sif" a b
  "$OURS" shell "$SCRATCH/image.sif" -c true
  expect_equal hi "$(without_planner "$OURS" shell "$SCRATCH/image.sif" -c 'echo hi')"
  "$OURS" exec -- "$SCRATCH/image.sif" true
  is_stored "$OURS" exec -- "$SCRATCH/image.sif" true
  expect_usage_error 'needs a command' "$OURS" exec -- "$SCRATCH/image.sif"
}

# planned_anew_after COMMAND…: a launch is stored, and after COMMAND planned.
planned_anew_after() {
  local launch=("$OURS" --config "$PWD/kerr.conf" exec --bind "$PWD/data:/mnt" image.sif true)
  sleep 2.1
  "${launch[@]}"
  is_stored "${launch[@]}"
  "$@"
  is_planned "${launch[@]}"
}

is_planned_anew_if_anything_has_changed() {
  mkdir data other
  touch kerr.conf
  cp "$BUSYBOX" image.sif
  cp "$BUSYBOX" new.sif
  planned_anew_after touch image.sif
  planned_anew_after mv new.sif image.sif
  planned_anew_after sh -c 'echo "mount home = no" >kerr.conf'
  planned_anew_after rmdir data
  mkdir data
  planned_anew_after sh -c 'rmdir data; touch data'
  rm data
  mkdir data
  planned_anew_after export KERR_CLEANENV=1
  planned_anew_after export APPTAINERENV_X=y
  planned_anew_after export HOME="$PWD/other"
  planned_anew_after cd other
}

is_of_directories_too() {
  "$KERR" --quiet build --sandbox sandbox "$BUSYBOX"
  sleep 2.1
  local launch=("$OURS" exec sandbox)
  "${launch[@]}" true
  expect_equal hi "$(without_planner "${launch[@]}" echo hi)"
  echo new >sandbox/marker
  expect_equal new "$(without_planner "${launch[@]}" cat /marker)"
  echo 'ada:x:4711:4711::/home/ada:/bin/sh' >>sandbox/etc/passwd
  is_planned "${launch[@]}" true
  sleep 2.1
  expect_stdout ada "${launch[@]}" sh -c 'grep ada /etc/passwd | cut -d: -f1'
  is_stored "${launch[@]}" true
  rmdir sandbox/tmp
  is_planned "${launch[@]}" true
  mkdir sandbox/tmp
  "${launch[@]}" true
  mv sandbox other
  "$KERR" --quiet build --sandbox sandbox "$BUSYBOX"
  is_planned "${launch[@]}" true
}

is_not_stored_where_it_must_be_planned() {
  local launch=("$OURS" exec --bind /etc "$SCRATCH/image.sif" true)
  expect_status 0 env KERR_NO_STORED_PLAN=1 "${launch[@]}"
  is_planned "${launch[@]}"
  expect_status 0 "$OURS" exec --replan --bind /etc "$SCRATCH/image.sif" true
  is_planned "$OURS" exec --replan --bind /etc "$SCRATCH/image.sif" true
  "${launch[@]}"
  is_stored "${launch[@]}"
  expect_failure 255 'cannot start' without_planner env KERR_NO_STORED_PLAN=1 "${launch[@]}"
  cp "$SCRATCH/image.sif" fresh.sif
  "$OURS" exec fresh.sif true
  is_planned "$OURS" exec fresh.sif true
}

is_not_trusted_if_it_may_be_anothers() {
  local launch=("$OURS" exec --bind /usr "$SCRATCH/image.sif" true) plans=$PWD/kerr/plans
  export KERR_CONFIGDIR=$PWD/kerr
  "${launch[@]}"
  expect_equal '700 600' "$(stat -c %a "$plans") $(stat -c %a "$plans"/*)"
  is_stored "${launch[@]}"
  chmod 666 "$plans"/*
  is_planned "${launch[@]}"
  chmod 600 "$plans"/*
  is_stored "${launch[@]}"
  chmod 777 "$plans"
  is_planned "${launch[@]}"
  chmod 700 "$plans"
  mv "$plans" elsewhere
  ln -s "$PWD/elsewhere" "$plans"
  is_planned "${launch[@]}"
  rm "$plans"
  mv elsewhere "$plans"
  is_stored "${launch[@]}"
  touch -d '25 hours ago' "$plans"/*
  is_planned "${launch[@]}"
  "${launch[@]}"
  local at file
  file=$(echo "$plans"/*)
  cp -p "$file" whole
  for at in 0 9 20 40 300 1000 3000 5000; do
    printf '\377' | dd of="$file" bs=1 seek=$at conv=notrunc 2>/dev/null
    is_planned "${launch[@]}"
    cat whole >"$file"
  done
  truncate -s 100 "$file"
  is_planned "${launch[@]}"
  : >"$file"
  is_planned "${launch[@]}"
  "${launch[@]}"
  is_stored "${launch[@]}"
}

are_listed_and_cleaned() {
  export KERR_CONFIGDIR=$PWD/kerr
  "$OURS" exec "$SCRATCH/image.sif" true
  expect_stdout_contains "There are 1 stored plans" "$OURS" cache list
  expect_stdout_contains ' plan' "$OURS" cache list --verbose --type plan
  expect_status 0 "$OURS" cache clean --dry-run --type plan
  is_stored "$OURS" exec "$SCRATCH/image.sif" true
  expect_status 0 "$OURS" cache clean --force --type plan
  expect_equal '' "$(ls kerr/plans)"
  is_planned "$OURS" exec "$SCRATCH/image.sif" true
}

are_in_nobody_elses_home() {
  mkdir home
  chown kerr-demo home
  env -u KERR_CONFIGDIR HOME="$PWD/home" "$OURS" exec "$SCRATCH/image.sif" true
  expect_equal '' "$(ls -A home)"
}

never_are_too_many() {
  export KERR_CONFIGDIR=$PWD/kerr
  "$OURS" exec "$SCRATCH/image.sif" true
  local number
  for number in $(seq 600); do touch "kerr/plans/$number"; done
  "$OURS" exec --bind /opt "$SCRATCH/image.sif" true
  expect_equal 1 "$(find kerr/plans -type f | wc -l)"
}

# image_saying WORD FILE: an image whose /marker says so.
image_saying() {
  build "$2" <<END
Bootstrap: localimage
From: $BUSYBOX
%post
    echo $1 >/marker
END
}

never_shows_an_image_that_is_gone() {
  local number shown newest=0
  image_saying 0 zero.sif
  image_saying 1 one.sif
  cp zero.sif image.sif
  sleep 2.1
  (
    for number in $(seq 30); do
      cp $([ $((number % 2)) = 0 ] && echo zero.sif || echo one.sif) next.sif
      echo $((number % 2)) >expected.next
      mv next.sif image.sif
      mv expected.next expected
      sleep 0.1
    done
    touch done
  ) &
  echo 0 >expected
  while [ ! -e done ]; do
    shown=$("$OURS" exec image.sif cat /marker 2>said) || { grep -q 'was replaced\|changed' said || { cat said; return 1; }; }
    newest=$((newest + 1))
  done
  wait
  expect_equal "$(cat expected)" "$("$OURS" exec image.sif cat /marker)"
  sleep 2.1
  "$OURS" exec image.sif true
  expect_equal "$(cat expected)" "$(without_planner "$OURS" exec image.sif cat /marker)"
  [ $newest -gt 5 ]
}

it 'makes an installation' make_installation
it 'is performed again, whatever the payload' is_performed_again
it 'tells what was told' tells_what_was_told
it 'is of each command' is_of_each_command
it 'is planned anew if anything has changed' is_planned_anew_if_anything_has_changed
it 'is of directories too' is_of_directories_too
it 'is not stored where it must be planned' is_not_stored_where_it_must_be_planned
it "is not trusted if it may be another's" is_not_trusted_if_it_may_be_anothers
it 'are listed and cleaned' are_listed_and_cleaned
if is_root && id kerr-demo >/dev/null 2>&1; then
  it "are in nobody else's home" are_in_nobody_elses_home
else
  skip "are in nobody else's home" 'only root comes with the home of another'
fi
it 'never are too many' never_are_too_many
it 'never shows an image that is gone' never_shows_an_image_that_is_gone
