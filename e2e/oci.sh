#!/usr/bin/env bash
# --oci, also called --docker: the image's own word on who runs, where, and what.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

# image NAME [OPTION…]: NAME.sif of an image with the configuration that umoci makes of the options.
image() {
  local name=$1
  shift
  umoci config --image "$SCRATCH/layout:base" --tag "$name" "$@"
  "$KERR" --quiet pull "$SCRATCH/$name.sif" "oci:$SCRATCH/layout:$name"
}

make_images() {
  mkdir base
  cd base
  mkdir -p etc start home/app open group secret
  cat >etc/passwd <<'END'
root:x:0:0:root:/root:/bin/sh
app:x:1234:1235:An app:/home/app:/bin/sh
END
  cat >etc/group <<'END'
root:x:0:
app:x:1235:
extra:x:77:app
END
  echo mine >home/app/file
  echo theirs >secret/file
  tar --numeric-owner --owner=0 --group=0 -cf ../files.tar etc start
  tar --numeric-owner --owner=0 --group=0 --mode=0777 -rf ../files.tar open
  tar --numeric-owner --owner=0 --group=0 --mode=0775 -rf ../files.tar group
  tar --numeric-owner --owner=0 --group=0 --mode=0700 -rf ../files.tar secret
  tar --numeric-owner --owner=1234 --group=1235 --mode=0700 -rf ../files.tar home/app
  cd ..
  "$KERR" --quiet push "$BUSYBOX" "oci:$SCRATCH/layout:busybox"
  umoci config --image "$SCRATCH/layout:busybox" --tag base --clear config.entrypoint --clear config.cmd \
    --config.entrypoint /bin/sh --config.entrypoint -c --config.entrypoint 'echo "$(id -u):$(id -g) $(pwd) $HOME" "$0" "$@"' \
    --config.cmd 'the command' --config.workingdir /start
  umoci raw add-layer --image "$SCRATCH/layout:base" files.tar
  image app --config.user app
  image nobody
}

runs_as_the_images_user_where_it_says() {
  local option
  for option in --oci --docker; do
    expect_stdout '1234:1235 /start /home/app the command' "$KERR" run $option "$SCRATCH/app.sif"
  done
  expect_stdout '1234:1235 /start /home/app a  b $HOME' "$KERR" run --oci "$SCRATCH/app.sif" 'a  b' '$HOME'
  expect_stdout app "$KERR" exec --oci "$SCRATCH/app.sif" id -un
  expect_stdout /start "$KERR" exec --oci "$SCRATCH/app.sif" pwd
  expect_stdout 1234 "$KERR" shell --oci "$SCRATCH/app.sif" -c 'id -u'
  expect_stdout_contains '1234:1235 /start' "$KERR" run --oci "oci:$SCRATCH/layout:app"
}

is_switched_on_and_off() {
  local variable
  for variable in KERR_OCI SINGULARITY_OCI APPTAINER_OCI KERR_DOCKER; do
    expect_stdout 1234 env $variable=1 "$KERR" exec "$SCRATCH/app.sif" id -u
    expect_stdout "$(id -u)" env $variable=1 "$KERR" exec --no-oci "$SCRATCH/app.sif" id -u
  done
  expect_stdout "$(id -u)" "$KERR" exec "$SCRATCH/app.sif" id -u
  expect_stdout_contains "$(id -u):$(id -g) $PWD " env KERR_OCI=1 "$KERR" run --no-oci "oci:$SCRATCH/layout:app"
}

is_the_caller_where_the_image_names_nobody() {
  expect_stdout "$(id -u)" "$KERR" exec --oci "$SCRATCH/nobody.sif" id -u
  expect_stdout /start "$KERR" exec --oci "$SCRATCH/nobody.sif" pwd
  expect_status 0 "$KERR" exec --oci "$BUSYBOX" true
}

takes_users_and_groups_by_name_and_number() {
  image ids --config.user 4321:77
  expect_stdout '4321:77' "$KERR" exec --oci "$SCRATCH/ids.sif" sh -c 'echo "$(id -u):$(id -g)"'
  image number --config.user 4321
  expect_stdout '4321:0' "$KERR" exec --oci "$SCRATCH/number.sif" sh -c 'echo "$(id -u):$(id -g)"'
  expect_status 0 "$KERR" exec --oci "$SCRATCH/number.sif" sh -c 'echo x >/group/file'
  image named --config.user 1234:extra
  expect_stdout '1234:77' "$KERR" exec --oci "$SCRATCH/named.sif" sh -c 'echo "$(id -u):$(id -g)"'
  image root --config.user root
  expect_stdout '0:0 /start /root the command' "$KERR" run --oci "$SCRATCH/root.sif"
  expect_status 0 "$KERR" exec --oci "$SCRATCH/root.sif" sh -c 'cat /secret/file && echo x >/secret/new && chown 1234 /secret/new'
}

refuses_a_user_that_the_image_lacks() {
  image ghost --config.user ghost
  expect_failure 255 'user ghost, which is not in its /etc/passwd' "$KERR" run --oci "$SCRATCH/ghost.sif"
  image ghosts --config.user app:ghosts
  expect_failure 255 'group ghosts, which is not in its /etc/group' "$KERR" run --oci "$SCRATCH/ghosts.sif"
  expect_stdout 0 "$KERR" exec --oci --fakeroot "$SCRATCH/ghost.sif" id -u
}

has_the_users_files_and_no_others() {
  expect_stdout mine "$KERR" exec --oci "$SCRATCH/app.sif" cat /home/app/file
  expect_stdout changed "$KERR" exec --oci "$SCRATCH/app.sif" sh -c 'echo changed >/home/app/file; cat /home/app/file'
  expect_stdout '1234 1235' "$KERR" exec --oci "$SCRATCH/app.sif" stat -c '%u %g' /home/app/file
  expect_stdout 0 "$KERR" exec --oci "$SCRATCH/app.sif" stat -c %u /start
  expect_status 0 "$KERR" exec --oci "$SCRATCH/app.sif" sh -c 'echo new >/open/file && [ "$(cat /open/file)" = new ]'
  expect_status 1 "$KERR" exec --oci "$SCRATCH/app.sif" cat /secret/file
  expect_status 1 "$KERR" exec --oci "$SCRATCH/app.sif" sh -c 'echo x >/start/file'
  expect_stdout_contains 'CapEff:	0000000000000000' "$KERR" exec --oci "$SCRATCH/app.sif" cat /proc/self/status
}

makes_the_directory_that_the_image_lacks() {
  image lacking --config.user app --config.workingdir /not/there
  expect_stdout '1234:1235 /not/there /home/app the command' "$KERR" run --oci "$SCRATCH/lacking.sif"
  expect_status 0 "$KERR" exec --oci "$SCRATCH/lacking.sif" sh -c 'echo x >file'
  expect_stdout /home "$KERR" exec --oci --cwd /home "$SCRATCH/lacking.sif" pwd
  image strange --config.workingdir relative
  expect_status 0 "$KERR" exec --oci "$SCRATCH/strange.sif" true
}

obeys_the_other_options() {
  expect_stdout /home "$KERR" exec --oci --cwd /home "$SCRATCH/app.sif" pwd
  expect_stdout '0:0 /start /root the command' "$KERR" run --oci --fakeroot "$SCRATCH/app.sif"
  expect_stdout here "$KERR" exec --oci --env PLACE=here "$SCRATCH/app.sif" sh -c 'echo $PLACE'
  expect_fatal contradict "$KERR" exec --oci --compat --no-compat "$SCRATCH/app.sif" true
}

keeps_the_host_out_of_reach_unless_told() {
  echo data >file
  expect_status 1 env LEAK=1 "$KERR" exec --oci "$SCRATCH/app.sif" sh -c "[ -e '$PWD/file' ] || [ -n \"\$LEAK\" ]"
  chmod 755 "$SCRATCH" .
  expect_stdout data "$KERR" exec --oci --no-compat "$SCRATCH/app.sif" cat file
  expect_stdout "$PWD" "$KERR" exec --oci --no-compat "$SCRATCH/app.sif" pwd
}

# Files that an ordinary user's payload makes are the user's.
makes_files_of_the_caller() {
  mkdir data
  chmod 777 data "$PWD" "$SCRATCH"
  expect_status 0 "$KERR" exec --oci --bind "$PWD/data:/data" "$SCRATCH/app.sif" sh -c 'echo x >/data/file'
  local owner
  owner=$(id -u)
  if [ "$owner" = 0 ]; then owner=1234; fi
  expect_equal "$owner" "$(stat -c %u data/file)"
}

runs_an_oci_sif_with_an_overlay() {
  "$KERR" --quiet pull --oci app.oci.sif "oci:$SCRATCH/layout:app"
  expect_stdout '1234:1235 /start /home/app the command' "$KERR" run --oci app.oci.sif
  "$KERR" --quiet overlay create --size 64 app.oci.sif
  expect_stdout '1234:1235 /start /home/app the command' "$KERR" run --oci app.oci.sif
  expect_status 0 "$KERR" exec --oci --writable app.oci.sif sh -c 'echo kept >/home/app/new'
  expect_stdout kept "$KERR" exec --oci app.oci.sif cat /home/app/new
}

# Without newuidmap, the caller alone can be mapped.
does_without_sub_ids() {
  mkdir bin
  local program
  for program in fuse2fs fuse-overlayfs; do
    if command -v $program >/dev/null; then ln -s "$(command -v $program)" bin/; fi
  done
  echo "binary path = $PWD/bin" >kerr.conf
  expect_stdout '1234:1235 /start /home/app the command' "$KERR" --config kerr.conf run --oci "$SCRATCH/app.sif"
  expect_stdout mine "$KERR" --config kerr.conf exec --oci "$SCRATCH/app.sif" \
    sh -c 'echo new >/tmp/file && cat /home/app/file'
  image superuser --config.user 0
  expect_stdout 0 "$KERR" --config kerr.conf exec --oci "$SCRATCH/superuser.sif" id -u
}

has_the_images_groups() {
  expect_stdout '1235 77' "$KERR" exec --oci "$SCRATCH/app.sif" id -G
}

can_be_every_launchs() {
  echo 'oci mode = yes' >kerr.conf
  expect_stdout 1234 "$KERR" --config kerr.conf exec "$SCRATCH/app.sif" id -u
  expect_stdout "$(id -u)" "$KERR" --config kerr.conf exec --no-oci "$SCRATCH/app.sif" id -u
}

if ! command -v umoci >/dev/null; then
  skip 'runs images as Docker would' 'umoci is not installed'
  exit
fi
it 'makes its images' make_images
it "runs as the image's user, where it says" runs_as_the_images_user_where_it_says
it 'is switched on and off' is_switched_on_and_off
it 'is the caller where the image names nobody' is_the_caller_where_the_image_names_nobody
it 'takes users and groups by name and number' takes_users_and_groups_by_name_and_number
it 'refuses a user that the image lacks' refuses_a_user_that_the_image_lacks
it "has the user's files and no others" has_the_users_files_and_no_others
it 'makes the directory that the image lacks' makes_the_directory_that_the_image_lacks
it 'obeys the other options' obeys_the_other_options
it 'keeps the host out of reach unless told' keeps_the_host_out_of_reach_unless_told
it 'makes files of the caller' makes_files_of_the_caller
it 'runs an OCI-SIF with an overlay' runs_an_oci_sif_with_an_overlay
it "can be every launch's" can_be_every_launchs
if [ "$(id -u)" = 0 ]; then
  it "has the image's groups" has_the_images_groups
  skip 'does without sub-ids' 'root needs none'
else
  skip "has the image's groups" 'a user cannot take groups on'
  it 'does without sub-ids' does_without_sub_ids
fi
