#!/usr/bin/env bash
# kerr test: the image's own test script.
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

runs_the_test() {
  build test.sif <<END
Bootstrap: localimage
From: $BUSYBOX
%environment
    export SET=1
%test
    test "\$SET" = 1
    echo "tested with \$# words"
    exit \${1:-0}
END
  expect_stdout 'tested with 0 words' "$KERR" test test.sif
  expect_status 3 "$KERR" test test.sif 3
}

says_that_there_is_no_test() {
  expect_status 0 "$KERR" test "$BUSYBOX"
}

says_that_a_bare_image_has_no_test() {
  sandbox
  rm -f "$SANDBOX/.singularity.d/test"
  expect_status 0 "$KERR" test "$SANDBOX"
  expect_contains INFO: "$STDERR"
}

runs_what_apptainer_built() { expect_status 0 "$KERR" test "$IMAGES/apps.sif"; }

it 'runs the test script with its arguments' runs_the_test
it 'succeeds where there is no test' says_that_there_is_no_test
it 'says that a bare image has no test' says_that_a_bare_image_has_no_test
it 'runs the test of an image of Apptainer' runs_what_apptainer_built
