#!/usr/bin/env bash
# What a launch mounts: contained launches, homes, scratch and work directories, overlays, images as binds.
. "$(dirname "$0")/lib.sh"
IMAGE=$IMAGES/busybox.sif

contained_devices_are_few() {
  expect_stdout 'fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ' \
    "$KERR" exec --contain "$IMAGE" sh -c 'ls /dev | grep -v console | tr "\n" " "'
  expect_stdout x "$KERR" exec -c "$IMAGE" sh -c 'echo x >/dev/shm/y && cat /dev/shm/y && echo gone >/dev/null'
}

contained_directories_are_empty_and_gone() {
  run "$KERR" exec -c "$IMAGE" sh -c 'ls -A /tmp /var/tmp "$HOME"; echo x >/tmp/kerr-contained; pwd'
  expect_equal "0" "$STATUS"
  expect_contains "$HOME" "$STDOUT"
  [ ! -e /tmp/kerr-contained ]
}

work_directory_keeps_what_is_written() {
  mkdir work
  "$KERR" exec -c --workdir work --scratch /scr "$IMAGE" sh -c 'touch /tmp/a /var/tmp/b /scr/c "$HOME/d"'
  expect_equal "./home/d ./scratch/scr/c ./tmp/a ./var_tmp/b " "$(cd work && find . -type f | sort | tr '\n' ' ')"
}

home_elsewhere() {
  mkdir h
  echo content >h/f
  expect_stdout "/myhome content" "$KERR" exec --home h:/myhome "$IMAGE" sh -c 'echo $HOME $(cat ~/f)'
  expect_failure 255 'does not exist' "$KERR" exec --home nowhere "$IMAGE" true
  expect_failure 255 'contradict' "$KERR" exec --home h --no-home "$IMAGE" true
}

overlay_directory_keeps_changes() {
  mkdir o
  "$KERR" exec --overlay o "$IMAGE" sh -c 'echo a >/new; rm /bin/vi'
  expect_stdout a "$KERR" exec --overlay o "$IMAGE" cat /new
  expect_stdout a "$KERR" exec --overlay o:ro "$IMAGE" cat /new
  expect_failure 1 'Read-only' "$KERR" exec --overlay o:ro "$IMAGE" touch /other
  expect_failure 255 'only one' "$KERR" exec --overlay o --overlay . "$IMAGE" true
  expect_failure 255 'contradict' "$KERR" exec --overlay o --writable-tmpfs "$IMAGE" true
}

overlay_links_lead_nowhere() {
  local name
  for name in upper work; do
    rm -rf o
    mkdir o target
    ln -s "$PWD/target" "o/$name"
    expect_failure 255 "/$name" "$KERR" exec --overlay o "$IMAGE" touch /new
    expect_equal '' "$(ls target)"
    rmdir target
  done
}

overlay_file_keeps_changes() {
  "$KERR" overlay create --size 64 o.img
  "$KERR" exec --overlay o.img "$IMAGE" sh -c 'echo a >/new'
  expect_stdout a "$KERR" exec --overlay o.img "$IMAGE" cat /new
  expect_stdout a "$KERR" exec --overlay o.img:ro "$IMAGE" cat /new
}

overlay_file_is_locked() {
  "$KERR" overlay create --size 64 o.img
  mkfifo started
  "$KERR" exec --overlay o.img -B .:/here "$IMAGE" sh -c 'echo >/here/started; exec sleep 60' &
  local writer=$!
  read -r _ <started
  expect_failure 255 'in use by another container' "$KERR" exec --overlay o.img "$IMAGE" true
  expect_failure 255 'in use by another container' "$KERR" exec --overlay o.img:ro "$IMAGE" true
  kill -9 "$writer"
  wait "$writer" || true
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$KERR" exec --overlay o.img "$IMAGE" true 2>/dev/null && return
    sleep 0.3
  done
  e2e_unexpected 'the lock outlives its holder'
}

overlay_in_the_image_itself() {
  cp "$IMAGE" i.sif
  "$KERR" overlay create --size 64 i.sif
  "$KERR" exec --writable i.sif touch /x
  expect_stdout /x "$KERR" exec i.sif ls /x
  expect_failure 1 'Read-only' "$KERR" exec i.sif touch /y
}

link_in_an_overlay_leads_nowhere() {
  mkdir -p victim u/work
  ln -s "/host$PWD/victim" u/upper
  "$(PATH=$PATH:/usr/sbin:/sbin command -v mkfs.ext3)" -q -d u evil.img 64m
  expect_failure 255 'upper' "$KERR" exec --overlay evil.img "$IMAGE" touch /out
  expect_equal '' "$(ls -A victim)"
}

images_are_bound_in_part() {
  "$KERR" exec -B "$IMAGE:/mnt/image:image-src=/etc" "$IMAGE" cat /mnt/image/passwd >bound
  "$KERR" exec "$IMAGE" head -n 1 /etc/passwd >root
  expect_equal "$(cat root)" "$(head -n 1 bound)"
  expect_failure 255 'does not exist in the image' "$KERR" exec -B "$IMAGE:/mnt:image-src=/nowhere" "$IMAGE" true
  expect_failure 255 'no data object 99' "$KERR" exec -B "$IMAGE:/mnt:id=99" "$IMAGE" true
}

# Each shape of a mount target that an image can have: nothing outside changes, and the launch works or says one line.
a_farm_of_links() {
  local target shape
  mkdir victim
  "$KERR" build --sandbox base "$IMAGE" >/dev/null 2>&1
  for target in dev proc sys tmp etc home var; do
    for shape in absolute climbing loop file fifo dangling; do
      cp -a base farm
      rm -rf "farm/${target:?}"
      case $shape in
      absolute) ln -s "$PWD/victim" "farm/$target" ;;
      climbing) ln -s "../../../../../..$PWD/victim" "farm/$target" ;;
      loop) ln -s "$target" "farm/$target" ;;
      file) touch "farm/$target" ;;
      fifo) mkfifo "farm/$target" ;;
      dangling) ln -s /nowhere/at/all "farm/$target" ;;
      esac
      for flags in "" "--contain" "--scratch /$target/s"; do
        # shellcheck disable=SC2086 # several words
        run timeout 20 "$KERR" exec $flags -B /usr:/$target/b farm true
        case $STATUS in
        0) ;;
        255) expect_contains FATAL "$STDERR" ;;
        *) e2e_show "$target as $shape, $flags" ;;
        esac
        expect_equal '' "$(ls -A victim)"
      done
      rm -rf farm
    done
  done
}

it 'contained: a small /dev' contained_devices_are_few
it 'contained: empty directories that are gone at the end' contained_directories_are_empty_and_gone
it 'contained: a work directory keeps files' work_directory_keeps_what_is_written
it 'another home' home_elsewhere
it 'an overlay directory keeps changes' overlay_directory_keeps_changes
it 'an overlay directory with links to elsewhere' overlay_links_lead_nowhere
it 'an overlay file keeps changes' overlay_file_keeps_changes
it 'an overlay file is locked while it is written to, and no longer' overlay_file_is_locked
it 'an overlay partition of the image' overlay_in_the_image_itself
it 'a link in an overlay leads nowhere' link_in_an_overlay_leads_nowhere
it 'parts of images are bound' images_are_bound_in_part
it 'mount targets of every shape leave the host alone' a_farm_of_links
it 'mounts are left out' expect_stdout '' "$KERR" exec --no-mount proc,sys,bind-paths "$IMAGE" ls /proc
it 'an unknown mount to leave out is a warning' expect_stderr_contains 'names no mount' "$KERR" exec --no-mount x "$IMAGE" true
it '--mount in CSV' expect_stdout root "$KERR" exec --mount 'type=bind,"src=/",dst=/mnt,ro' "$IMAGE" sh -c 'ls -d /mnt/root | cut -c6-'
it '--mount of another type' expect_failure 255 'the one type of --mount is bind' "$KERR" exec --mount type=tmpfs,src=/a,dst=/b "$IMAGE" true
it '--mount with an unknown key' expect_failure 255 'unknown key' "$KERR" exec --mount src=/,dst=/b,bind-propagation=shared "$IMAGE" true
it 'a relative scratch directory' expect_failure 255 'no absolute path' "$KERR" exec --scratch s "$IMAGE" true
it 'a work directory that is not there' expect_failure 255 'does not exist' "$KERR" exec -c -W /nowhere "$IMAGE" true
it 'an overlay that is not there' expect_failure 255 'does not exist' "$KERR" exec --overlay nowhere "$IMAGE" true
