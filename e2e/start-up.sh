#!/usr/bin/env bash
# A JVM whose options are not those that its ahead-of-time cache was trained with runs on without it, slowly, and does
# not say so. Here a program in front of the one that starts Java makes that an error.
. "$(dirname "$0")/lib.sh"

# A copy of the installation whose JVM insists on the cache and says on standard error whether it holds.
make_strict_copy() {
  local jvm=$SCRATCH/strict/lib/kerr/jvm
  cp -a "$(dirname "$(dirname "$(readlink -f "$KERR")")")" "$SCRATCH/strict"
  mv "$jvm" "$jvm.real"
  cat >"$jvm" <<'END'
#!/bin/bash
options=()
while [ "$1" != -cp ]; do
  options+=("$1")
  shift
done
exec "$0.real" "${options[@]}" -XX:AOTMode=on -Xlog:aot=info:stderr -Xlog:class+load=info:stderr "$@"
END
  chmod +x "$jvm"
}

cache_holds_for() {
  expect_stderr_contains 'Using AOT-linked classes: true' "$SCRATCH/strict/bin/kerr" "$@"
}

# A step of a build is a JVM of its own.
cache_holds_for_steps() {
  run "$SCRATCH/strict/bin/kerr" --quiet build --sandbox box "$IMAGES/busybox.sif"
  expect_equal 0 "$STATUS"
  expect_equal "$(grep -c 'Using AOT-linked classes: ' <<<"$STDERR")" "$(grep -c 'Using AOT-linked classes: true' <<<"$STDERR")"
  [ "$(grep -c 'Using AOT-linked classes: true' <<<"$STDERR")" -ge 2 ]
}

# Where the cache was made, a build was made too: most classes of a build come from there.
has_the_classes_of_builds() {
  printf 'FROM %s\nENV A=1\nCOPY <<END /a\na\nEND\nRUN true\n' "$IMAGES/busybox.sif" >Dockerfile
  run "$SCRATCH/strict/bin/kerr" --quiet build made.sif Dockerfile
  expect_equal 0 "$STATUS"
  local missing
  missing=$(grep 'source: file:' <<<"$STDERR" || true)
  [ "$(grep -c . <<<"$missing")" -le 30 ] || e2e_unexpected "expected 30 classes or fewer from elsewhere" "got: $missing"
}

cache_holds_for_other_names() {
  local name
  for name in singularity apptainer; do
    expect_stderr_contains 'Using AOT-linked classes: true' "$SCRATCH/strict/bin/$name" exec --dry-run "$IMAGES/busybox.sif" true
  done
}

# A class that is made while it runs, for a method handle or a comparison of records, costs a launch as much as 100 others.
makes_no_class() {
  run env KERR_NO_STORED_PLAN=1 "$SCRATCH/strict/bin/kerr" "$@"
  expect_equal 0 "$STATUS"
  expect_contains 'source: shared objects file' "$STDERR"
  expect_equal '' "$(grep -v 'source: shared objects file' <<<"$STDERR" | grep 'source: ' || true)"
}

enters_without_making_a_class() {
  local status=0
  export KERR_CONFIGDIR=$PWD/kerr
  "$KERR" --quiet instance start "$IMAGES/busybox.sif" started
  makes_no_class exec instance://started true || status=1
  "$KERR" --quiet instance stop --force started
  return $status
}

it 'can be copied whole' make_strict_copy
it 'uses its ahead-of-time cache for commands' cache_holds_for version
it 'uses its ahead-of-time cache for launches' cache_holds_for exec --dry-run "$IMAGES/busybox.sif" true
it 'uses its ahead-of-time cache for steps of builds' cache_holds_for_steps
it 'has the classes of builds in it' has_the_classes_of_builds
it 'uses it by the field'"'"'s names too' cache_holds_for_other_names
it 'makes no class for a launch' makes_no_class exec "$IMAGES/busybox.sif" true
it 'makes no class for a contained launch' makes_no_class exec --containall --env A=1 --bind /etc:/mnt "$IMAGES/busybox.sif" true
it 'makes no class to enter an instance' enters_without_making_a_class
it 'uses its ahead-of-time cache for containers of bundles' cache_holds_for oci --root "$SCRATCH/none" delete --force none
