#!/usr/bin/env bash
# Graphics processors, on a host whose driver is made of libraries without code and of device nodes of zeros.
. "$(dirname "$0")/lib.sh"
IMAGE=$IMAGES/busybox.sif
DRIVER=$SCRATCH/driver
mkdir "$DRIVER"

# kerr_there OPTION…: this program on a host with the driver.
kerr_there() { on_driver "$KERR" --config "$DRIVER/kerr.conf" "$@"; }

on_driver() {
  if is_root; then
    unshare -m "$E2E/fixtures/driver.sh" "$DRIVER" "$@"
  else
    unshare -rm "$E2E/fixtures/driver.sh" "$DRIVER" "$(id -u)" "$(id -g)" "$@"
  fi
}

libraries_and_programs_are_bound() {
  expect_stdout 'libcuda.so.1 libnvidia-ml.so.1 ' kerr_there exec --nv "$IMAGE" \
    sh -c 'cd /.singularity.d/libs && ls -d libcuda* libnvidia* | tr "\n" " "'
  expect_stdout 'smi /.singularity.d/libs' kerr_there exec --nv "$IMAGE" nvidia-smi
  expect_stdout same kerr_there exec --nv -B "$DRIVER" "$IMAGE" \
    sh -c "cmp /.singularity.d/libs/libcuda.so.1 $DRIVER/lib/libcuda.so.550.54 && echo same"
  expect_failure 1 'Read-only file system' kerr_there exec --nv "$IMAGE" touch /.singularity.d/libs/new
}

libraries_for_a_newer_glibc_are_left_out() {
  "$KERR" build --sandbox image "$IMAGE"
  mkdir -p image/lib64
  cp "$DRIVER/image-libraries/libc.so.6" image/lib64
  run kerr_there exec --nv image sh -c 'cd /.singularity.d/libs && echo libcuda* libnvidia*'
  expect_equal 'libcuda.so.1 libnvidia*' "$STDOUT"
  expect_contains 'libnvidia-ml.so.1' "$STDERR"
  expect_contains 'needs glibc 9.9, and the image has 2.17' "$STDERR"
}

contained_launch_sees_the_devices_that_are_visible() {
  expect_stdout 'nvidia-caps nvidia-uvm nvidia0 nvidia1 nvidiactl ' kerr_there exec --nv -c "$IMAGE" \
    sh -c 'cd /dev && ls -d nvid* | tr "\n" " "'
  NVIDIA_VISIBLE_DEVICES=1 expect_stdout 'nvidia-caps nvidia-uvm nvidia1 nvidiactl ' \
    kerr_there exec --nv -c "$IMAGE" sh -c 'cd /dev && ls -d nvid* | tr "\n" " "'
  expect_stdout '0000' kerr_there exec --nv -c "$IMAGE" sh -c 'head -c 2 /dev/nvidia1 | od -An -tx1 | tr -d " \n"'
  NVIDIA_VISIBLE_DEVICES=7 expect_failure 255 "names GPU '7', which this host does not have" \
    kerr_there exec --nv -c "$IMAGE" true
  NVIDIA_VISIBLE_DEVICES=none expect_stdout 'nvidia-uvm nvidiactl ' \
    kerr_there exec --nv -c "$IMAGE" sh -c 'cd /dev && ls -d nvid* | tr "\n" " "'
}

doctor_finds_the_driver() {
  run kerr_there doctor
  expect_contains 'NVIDIA: --nv binds' "$STDOUT"
  expect_contains '/dev/nvidia0 /dev/nvidia1' "$STDOUT"
  expect_contains "--nvccli asks $DRIVER/bin/nvidia-container-cli" "$STDOUT"
}

without_a_driver_a_warning() {
  run "$KERR" exec --nv "$IMAGE" echo ran
  expect_equal ran "$STDOUT"
  expect_contains 'could not find any nv files on this host' "$STDERR"
  run "$KERR" exec --rocm "$IMAGE" echo ran
  expect_contains 'could not find any rocm files on this host' "$STDERR"
}

rocm() {
  expect_stdout 'libamdhip64.so.6' kerr_there exec --rocm "$IMAGE" \
    sh -c 'cd /.singularity.d/libs && echo libamd*'
  expect_stdout 'renderD128' kerr_there exec --rocm -c "$IMAGE" ls /dev/dri
}

site_and_user_decide() {
  expect_stdout 'libcuda.so.1' on_driver "$KERR" --config "$DRIVER/always.conf" exec "$IMAGE" \
    sh -c 'cd /.singularity.d/libs && ls libcuda*'
  expect_status 1 on_driver "$KERR" --config "$DRIVER/always.conf" exec --no-nv "$IMAGE" \
    ls /.singularity.d/libs/libcuda.so.1
  APPTAINER_NV=1 expect_status 0 kerr_there exec "$IMAGE" ls /.singularity.d/libs/libcuda.so.1
  APPTAINER_NV=1 expect_status 1 kerr_there exec --no-nv "$IMAGE" ls /.singularity.d/libs/libcuda.so.1
}

cdi_devices() {
  mkdir cdi
  cat >cdi/acme.json <<END
{"cdiVersion": "0.6.0", "kind": "acme.com/gpu",
 "containerEdits": {"env": ["ACME=all"]},
 "devices": [
  {"name": "one", "containerEdits": {
    "env": ["ACME_ONE=1 \$HOME"],
    "deviceNodes": [{"path": "/dev/nvidia1"}],
    "mounts": [{"hostPath": "$DRIVER/lib", "containerPath": "/opt/acme", "options": ["ro", "bind"]}],
    "hooks": [{"hookName": "createContainer", "path": "/usr/bin/nvidia-cdi-hook",
      "args": ["nvidia-cdi-hook", "create-symlinks", "--link", "libcuda.so.1::/usr/lib/libcuda.so"]},
     {"hookName": "createContainer", "path": "/usr/bin/nvidia-cdi-hook",
      "args": ["nvidia-cdi-hook", "update-ldcache", "--folder", "/opt/acme"]}]}},
  {"name": "two", "containerEdits": {
    "hooks": [{"hookName": "createContainer", "path": "/bin/evil", "args": ["evil"]}]}}]}
END
  printf '%s\n' 'cdiVersion: "0.5.0"' 'kind: acme.com/net' 'devices:' '- name: "0"' '  containerEdits:' '    env: [NET=1]' \
    >cdi/n.yaml
  expect_stdout "all|1 \$HOME|libcuda.so.1|/opt/acme:/.singularity.d/libs|libcuda.so.550.54" kerr_there exec \
    --cdi-dirs cdi --device acme.com/gpu=one "$IMAGE" \
    sh -c 'echo "$ACME|$ACME_ONE|$(readlink /usr/lib/libcuda.so)|$LD_LIBRARY_PATH|$(cd /opt/acme; ls libcuda.so.5*)"'
  expect_stdout nvidia1 kerr_there exec -c --cdi-dirs cdi --device acme.com/gpu=one "$IMAGE" \
    sh -c 'cd /dev && ls -d nvid*'
  expect_stdout 1 "$KERR" exec --cdi-dirs cdi --device acme.com/net=0 "$IMAGE" sh -c 'echo $NET'
  expect_failure 255 'there is no CDI device acme.com/gpu=three' \
    kerr_there exec --cdi-dirs cdi --device acme.com/gpu=three "$IMAGE" true
  expect_failure 255 'cannot do what the hook /bin/evil does' \
    kerr_there exec --cdi-dirs cdi --device acme.com/gpu=two "$IMAGE" true
  expect_failure 255 "'nonsense' is not the name of a CDI device" "$KERR" exec --device nonsense "$IMAGE" true
  expect_failure 255 'there is no CDI device' "$KERR" exec --device a.com/b=c "$IMAGE" true
}

nvidias_own_program() {
  export APPTAINERENV_SECRET=x MY_SECRET=y
  NVIDIA_VISIBLE_DEVICES=1 expect_stdout 'libcuda.so.1 libcuda.so.550.54 nvidia1 nvidiactl ' kerr_there exec --nvccli -c "$IMAGE" \
    sh -c '{ ls /.singularity.d/libs; cd /dev && ls -d nvid*; } | tr "\n" " "'
  expect_equal 'list --libraries --binaries --ipcs --device=1' "$(cat "$DRIVER/cli.arguments")"
  expect_equal 'PATH=/usr/sbin:/usr/bin:/sbin:/bin' "$(cat "$DRIVER/cli.environment")"
  expect_failure 255 'no nvidia-container-cli on this host' "$KERR" exec --nvccli "$IMAGE" true
}

if ! "$E2E/fixtures/driver.sh" --make "$DRIVER" >"$SCRATCH/make.log" 2>&1; then
  cat "$SCRATCH/make.log"
  it 'makes a driver of its own' false
elif ! on_driver true 2>"$SCRATCH/make.log"; then
  skip 'graphics processors' "no mount namespace with a /dev of its own: $(head -n 1 "$SCRATCH/make.log")"
else
  it 'binds the libraries and programs of the driver' libraries_and_programs_are_bound
  it 'leaves out, by name, libraries that need a newer glibc than the image has' libraries_for_a_newer_glibc_are_left_out
  it 'shows a contained launch the devices that NVIDIA_VISIBLE_DEVICES names' contained_launch_sees_the_devices_that_are_visible
  it 'binds what --rocm needs' rocm
  it 'obeys always use nv, and --no-nv more' site_and_user_decide
  it 'does what CDI files ask for' cdi_devices
  it 'is explained by the doctor' doctor_finds_the_driver
  it 'asks nvidia-container-cli with --nvccli' nvidias_own_program
fi
it 'goes on with a warning where there is no driver' without_a_driver_a_warning
