#!/usr/bin/env bash
# Dockerfiles: what their instructions do, what is kept of them from build to build, and what is refused.
# shellcheck disable=SC2016 # for the payload's shell
. "$(dirname "$0")/lib.sh"
EITHER=yes
. "$E2E/fixtures/common.sh"

# base: the image that the files below begin with, as one of Docker's.
base() {
  [ -e "$SCRATCH/base.tar" ] || "$KERR" build --format docker-archive "$SCRATCH/base.tar" "$BUSYBOX" 2>/dev/null
  echo "docker-archive:$SCRATCH/base.tar"
}

# built OPTION… : builds ./Dockerfile into x.sif.
built() { "$KERR" --quiet build --force "$@" x.sif Dockerfile; }

inside() { "$KERR" exec x.sif "$@"; }

runs_all_forms() {
  cat >Dockerfile <<END
FROM $(base)
ARG VERSION=1
ENV GREETING="hello \$VERSION" PLAIN=2
WORKDIR /srv
WORKDIR deep
RUN pwd >/log && echo "\$GREETING" >>/log
RUN ["/bin/sh", "-c", "echo exec form >>/log"]
RUN <<EOT
echo "a script of \$VERSION"  >>/log
EOT
RUN <<EOT
#!/bin/sh
echo "a program, \$0" >>/log
EOT
SHELL ["/bin/sh", "-e", "-c"]
RUN false || true; echo shell >>/log
LABEL one=1 two="2 3"
EXPOSE 80
ENTRYPOINT ["/bin/echo", "entry"]
CMD ["point"]
END
  built --build-arg VERSION=7
  expect_stdout $'/srv/deep\nhello 7\nexec form\na script of 7\na program, /.run.script\nshell' inside cat /log
  expect_stdout 'entry point' "$KERR" run x.sif
  expect_stdout 'entry other words' "$KERR" run x.sif other words
  expect_stdout 'hello 7 2' inside sh -c 'echo "$GREETING $PLAIN"'
  expect_stdout_contains '2 3' "$KERR" inspect x.sif
  expect_stdout "$(cat Dockerfile)" "$KERR" inspect --deffile x.sif
  expect_stdout '' inside sh -c 'ls /.run.script 2>/dev/null || true'
}

copies_files() {
  mkdir -p context/tree/sub
  echo a >context/a
  chmod 755 context/a
  echo b >context/tree/sub/b
  ln -s sub/b context/tree/link
  echo hidden >context/.hidden
  echo log >context/tree/x.log
  echo '**/*.log' >context/.dockerignore
  tar -C context -cf context/archive.tar a
  cat >Dockerfile <<END
FROM $(base) AS first
COPY a /one/
COPY tree /two
COPY --chmod=600 a /three
COPY a tree/sub /four/
COPY <<EOT /five
for \$PATH
EOT
ADD archive.tar /six/
COPY t* /seven/
COPY .h* ?hidden /nine/
FROM scratch
COPY --from=first / /
COPY --from=0 /one/a /eight
END
  built --context context
  expect_stdout $'a\na\nb\nb' inside cat /one/a /eight /two/sub/b /two/link
  expect_stdout $'755\n600\n755' inside stat -c %a /one/a /three /eight
  expect_stdout 'sub/b' inside readlink /two/link
  expect_stdout $'a\nb' inside ls /four
  expect_stdout a inside cat /six/a
  expect_stdout $'link\nsub' inside ls /seven
  expect_stdout .hidden inside ls -A /nine
  expect_status 1 inside ls /two/x.log
  expect_stdout '0:0' "$KERR" --quiet exec --fakeroot x.sif stat -c %u:%g /one/a
}

is_the_user() {
  cat >Dockerfile <<END
FROM $(base)
RUN echo 'ada:x:1234:1235::/home/ada:/bin/sh' >>/etc/passwd && mkdir /home/ada && chown 1234:1235 /home/ada
COPY --chown=ada Dockerfile /home/ada/
USER ada
WORKDIR /home/ada
RUN id -u >id && echo \$HOME >>id
USER 0
RUN id -u >/zero
END
  built --sandbox
  expect_equal $'1234\n/home/ada' "$(as_root cat x.sif/home/ada/id)"
  expect_equal 0 "$(as_root cat x.sif/zero)"
  as_root rm -rf x.sif # which belongs to ids that are not ours
}

# as_root COMMAND…: root of the namespace that the build was made in.
as_root() { "$KERR" exec --fakeroot --bind "$PWD" --pwd "$PWD" "$BUSYBOX" "$@"; }

# What only another id may enter, root of the build enters.
goes_into_closed_directories() {
  mkdir context
  echo mine >context/file
  tar -C context -cf context/archive.tar file
  cat >Dockerfile <<END
FROM $(base) AS maker
RUN mkdir -p /closed/deep/tree && cd /closed/deep && echo one >one.txt && echo two >two.txt && ln one.txt tree/one && \\
  ln one.txt tree/same && ln -s /closed/deep /way && chown -R 33:33 /closed && chmod 700 /closed/deep /closed
FROM $(base)
COPY --from=maker /closed/deep/*.txt /opt/
COPY --from=maker /way/tree /opt/tree
COPY --from=maker --chown=12:34 /closed /all
COPY --from=maker /closed/ /closed/
COPY file /closed/deep/
ADD archive.tar /closed/deep/unpacked/
WORKDIR /closed/deep/work
WORKDIR /
RUN --mount=type=bind,from=maker,source=/closed/deep,target=/mnt/dir cat /mnt/dir/one.txt /mnt/dir/tree/same >/seen
RUN --mount=type=bind,from=maker,source=/way/two.txt,target=/mnt/file cat /mnt/file >>/seen
RUN --mount=type=bind,from=maker,source=/closed,target=/mnt/own,rw cat /mnt/own/deep/two.txt >>/seen; echo x >/mnt/own/new
RUN stat -c %u:%g:%a:%h /opt/one.txt /opt/tree/same /all/deep /closed /closed/deep/tree/one >>/seen
RUN cat /closed/deep/file /closed/deep/unpacked/file >>/seen; ls /closed/deep >>/seen
END
  built --context context
  run inside cat /seen
  expect_equal 'one one two two 33:33:644:1 33:33:644:2 12:34:700:3 33:33:700:3 33:33:644:3 mine mine file one.txt tree two.txt unpacked work' \
    "$(xargs <<<"$STDOUT")"
  printf 'FROM %s AS maker\nRUN mkdir -m 700 /closed && chown 33 /closed\nFROM scratch\nCOPY --from=maker /closed/x /\n' "$(base)" >Dockerfile
  expect_failure 255 'Dockerfile:4:1: no such file: closed/x' "$KERR" --quiet build --force x.sif Dockerfile
}

mounts() {
  mkdir -p context
  echo in >context/file
  echo secret >secret
  cat >Dockerfile <<END
FROM $(base) AS other
RUN echo from other >/other
FROM $(base)
RUN --mount=type=bind,target=/mnt/context cat /mnt/context/file >/log
RUN --mount=type=bind,from=other,source=/other,target=/mnt/other cat /mnt/other >>/log
RUN --mount=type=secret,id=key cat /run/secrets/key >>/log
RUN --mount=type=cache,id=$SCRATCH,target=/kept echo x >>/kept/file; wc -l </kept/file >>/log
RUN --mount=type=tmpfs,target=/empty ls /empty >>/log
RUN --network=none ls /sys/class/net >>/log
RUN ls /mnt /run /kept /empty 2>&1 | grep -v 'No such file' >>/log; true
END
  built --context context --secret id=key,src=secret
  run inside cat /log
  expect_equal $'in\nfrom other\nsecret\n1\nlo' "$(head -n 5 <<<"$STDOUT")"
  case $STDOUT in *context*) e2e_show 'mount points that are gone' "$STDOUT" ;; esac
  sed -i s/id=key/id=key,required/ Dockerfile
  expect_fatal 'Dockerfile:6:1: there is no secret key' "$KERR" --quiet build --force --no-cache --context context x.sif Dockerfile
}

lists_and_removes_what_mounts_keep() {
  export KERR_CACHEDIR=$PWD/cache
  cat >Dockerfile <<END
FROM $(base)
RUN --mount=type=cache,id=one,target=/kept mkdir /kept/closed; echo more >/kept/closed/file; chown -R 33 /kept/closed; chmod 700 /kept/closed
RUN --mount=type=cache,id=two,target=/kept touch /kept/file
END
  built
  expect_stdout_contains '2 directories of RUN --mount=type=cache' "$KERR" cache list --verbose --type mount
  "$KERR" cache clean --force --type mount --days 1
  "$KERR" cache clean --force --type mount --dry-run
  expect_equal 2 "$(find cache/cache/build-mounts -mindepth 1 -maxdepth 1 | wc -l)"
  touch -d '2 days ago' "$(find cache/cache/build-mounts -mindepth 2 -name file -printf '%h\n' 2>/dev/null | grep -v closed)"
  "$KERR" cache clean --force --type mount --days 1
  expect_equal 1 "$(find cache/cache/build-mounts -mindepth 1 -maxdepth 1 | wc -l)"
  "$KERR" cache clean --force --type mount
  expect_equal '' "$(ls cache/cache/build-mounts)"
  expect_stdout_contains '0 images' "$KERR" cache list --type mount
}

builds_a_target() {
  cat >Dockerfile <<END
ARG BASE=$(base)
FROM \$BASE AS one
RUN echo one >/name
FROM one AS two
RUN echo two >/name
FROM nowhere.example/never:1 AS three
END
  built --target two
  expect_stdout two inside cat /name
  built --target 0
  expect_stdout one inside cat /name
  expect_fatal "there is no stage 'four'" "$KERR" --quiet build --force --target four x.sif Dockerfile
}

begins_with_an_image_by_its_path() {
  mkdir -p context
  "$KERR" --quiet build --force context/here.sif "$BUSYBOX"
  "$KERR" --quiet build --force --sandbox context/box context/here.sif
  echo from the directory >context/box/name
  cat >context/Dockerfile <<'END'
FROM ./box AS other
RUN echo 'and a step' >>/name
FROM ./here.sif
COPY --from=other /name /one
COPY --from=./box /name /other
END
  "$KERR" --quiet build --force --context context x.sif context/Dockerfile
  expect_stdout $'from the directory\nand a step\nfrom the directory' inside cat /one /other
  expect_equal 'from the directory' "$(cat context/box/name)"
  echo 'FROM ./none.sif' >Dockerfile
  expect_fatal './none.sif: no such file' built
}

keeps_steps() {
  echo 1 >input
  cat >Dockerfile <<END
FROM $(base)
COPY input /input
RUN sleep 3; cat /proc/sys/kernel/random/uuid >/first
RUN cat /proc/sys/kernel/random/uuid >/second
END
  built
  run inside cat /first /second
  local before=$STDOUT
  built
  expect_stdout "$before" inside cat /first /second
  expect_contains 'Nothing has changed' "$("$KERR" build --force x.sif Dockerfile 2>&1)"
  echo 'RUN true' >>Dockerfile
  expect_contains 'all is kept from before' "$("$KERR" build --force x.sif Dockerfile 2>&1)"
  expect_equal "$(head -n 1 <<<"$before")" "$(inside cat /first)"
  expect_stdout_contains 'step' "$KERR" cache list --verbose
  echo 2 >input
  built
  expect_stdout 2 inside cat /input
  [ "$(head -n 1 <<<"$before")" != "$(inside cat /first)" ]
  before=$(inside cat /first)
  built --no-cache
  [ "$before" != "$(inside cat /first)" ]
}

goes_on_where_it_failed() {
  cat >Dockerfile <<END
FROM $(base)
RUN sleep 3; cat /proc/sys/kernel/random/uuid >/first
RUN exit 3
END
  expect_fatal 'Dockerfile:3:1: RUN failed: exit status 3' "$KERR" --quiet build x.sif Dockerfile
  [ ! -e x.sif ]
  sed -i 's/exit 3/true/' Dockerfile
  expect_contains 'Up to RUN sleep 3' "$("$KERR" build x.sif Dockerfile 2>&1)"
}

is_the_same_each_time() {
  echo hello >file
  printf 'FROM %s\nCOPY file /file\nRUN echo made >/made\n' "$(base)" >Dockerfile
  built --no-cache
  cp x.sif first.sif
  sleep 1.1
  built --no-cache
  cmp x.sif first.sif
}

# Blocks of large files are taken from what was kept: those alone that are still the same.
is_the_same_with_what_was_kept() {
  printf 'FROM %s\nRUN sleep 3; seq 1 300000 >/large; seq 1 300000 >/other\nRUN true\n' "$(base)" >Dockerfile
  built
  sed -i 's/RUN true/RUN echo 0 >>\/large; sed -i s,^9,8, \/other/' Dockerfile
  expect_contains 'Up to RUN sleep 3' "$("$KERR" build --force x.sif Dockerfile 2>&1)"
  expect_stdout 300001 inside sh -c 'wc -l </large'
  mv x.sif kept.sif
  built --no-cache
  cmp x.sif kept.sif
}

tells_differences() {
  printf 'FROM %s\nRUN cat /proc/sys/kernel/random/uuid >/chance\n' "$(base)" >Dockerfile
  expect_fatal 'the second build is another: /chance' "$KERR" --quiet build --reproducible-check x.sif Dockerfile
  [ ! -e x.sif ]
}

tells_the_same() {
  printf 'FROM %s\nRUN echo always >/same\n' "$(base)" >Dockerfile
  "$KERR" --quiet build --reproducible-check x.sif Dockerfile
  expect_stdout always inside cat /same
}

# refuses TEXT MESSAGE OPTION…
refuses() {
  # shellcheck disable=SC2059 # the text is a format
  printf "$1" >Dockerfile
  expect_fatal "$2" "$KERR" --quiet build "${@:3}" x.sif Dockerfile
  [ ! -e x.sif ]
}

it 'runs all forms of RUN' runs_all_forms
it 'copies files' copies_files
it 'mounts for a command' mounts
always 'lists and removes what mounts keep' lists_and_removes_what_mounts_keep
it 'builds the stage that is asked for' builds_a_target
it 'begins with an image that is named by its path' begins_with_an_image_by_its_path
it 'keeps what steps have made' keeps_steps
it 'goes on where it failed' goes_on_where_it_failed
it 'makes the same bytes each time' is_the_same_each_time
it 'makes the same bytes of what was kept' is_the_same_with_what_was_kept
if is_root || grep -q "^$(id -un):" /etc/subuid 2>/dev/null; then
  always 'is the user of USER' is_the_user
  always 'copies out of, into and mounts directories of other ids' goes_into_closed_directories
else
  skip 'copies out of, into and mounts directories of other ids' "there is no range for $(id -un) in /etc/subuid"
  skip 'is the user of USER' "there is no range for $(id -un) in /etc/subuid"
fi
it 'names the line of a mistake' refuses 'FROM scratch\nRNU true\n' "Dockerfile:2:1: unknown instruction 'RNU'"
it 'names the line of a file that is not there' refuses 'FROM scratch\nCOPY nothing /\n' 'Dockerfile:2:1: no such file: nothing'
it 'does not copy from outside the context' refuses 'FROM scratch\nCOPY ../../../etc/login.defs /\n' 'Dockerfile:2:1: no such file'
it 'refuses arguments that no ARG declares' refuses 'FROM scratch\n' 'Dockerfile: unused build arguments: X' --build-arg X=1
it 'refuses a platform that is not this one' refuses 'FROM --platform=linux/s390x busybox\n' 'Dockerfile:1:1: --platform=linux/s390x'
it 'tells builds that are not the same' tells_differences
it 'tells builds that are the same' tells_the_same
