#!/usr/bin/env bash
# A real build: a small Debian from its archive, with numpy and MPI, which then run in the image. In each way of being
# root: as root; with sub-ids and without, as an ordinary user. Downloads go by http_proxy, and to the host's own mirror.
# shellcheck disable=SC2016 # for the payload's shell
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

SUITE=bookworm
MIRROR=$({
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources |
    grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' '
} 2>/dev/null)
MIRROR=${MIRROR:-http://deb.debian.org/debian}
MIRROR=${MIRROR%/}

# answers: whether the archive does.
answers() {
  if command -v curl >/dev/null; then
    curl -fsIL --max-time 20 "$MIRROR/dists/$SUITE/Release" >/dev/null 2>&1
  else
    wget -q --spider --timeout=20 --tries=1 "$MIRROR/dists/$SUITE/Release" 2>/dev/null
  fi
}

# The ranks greet each other: python calls the MPI library, so that nothing has to be compiled.
cat >"$SCRATCH/hello.py" <<'END'
import ctypes
mpi = ctypes.CDLL('libmpi.so.40', mode=ctypes.RTLD_GLOBAL)
world = ctypes.byref(ctypes.c_char.in_dll(mpi, 'ompi_mpi_comm_world'))
of_int, add = (ctypes.byref(ctypes.c_char.in_dll(mpi, name)) for name in ('ompi_mpi_int', 'ompi_mpi_op_sum'))
mpi.MPI_Init(None, None)
rank, size, total = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
mpi.MPI_Comm_rank(world, ctypes.byref(rank))
mpi.MPI_Comm_size(world, ctypes.byref(size))
one = ctypes.c_int(rank.value + 1)
mpi.MPI_Allreduce(ctypes.byref(one), ctypes.byref(total), 1, of_int, add, world)
print(f'rank {rank.value} of {size.value}, sum {total.value}', flush=True)
mpi.MPI_Finalize()
END

# define FILE HEADER: a definition that begins so.
define() {
  cat >"$1" <<END
$2

%files
    $SCRATCH/hello.py /opt/hello.py
%post
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y --no-install-recommends python3-numpy openmpi-bin
    apt-get clean
%test
    python3 -c 'import numpy; assert numpy.arange(4).sum() == 6'
END
}

DEBIAN="Bootstrap: debootstrap
OSVersion: $SUITE
MirrorURL: $MIRROR"

# runs IMAGE: numpy and two ranks do.
runs() {
  expect_stdout 6 "$KERR" exec "$1" python3 -c 'import numpy; print(numpy.arange(4).sum())'
  local root=()
  if is_root; then root=(--allow-run-as-root); fi
  expect_status 0 "$KERR" exec "$1" mpirun ${root[@]+"${root[@]}"} --oversubscribe -np 2 python3 /opt/hello.py
  expect_equal $'rank 0 of 2, sum 3\nrank 1 of 2, sum 3' "$(sort <<<"$STDOUT")"
}

# real OPTION…: builds it in one go, and runs it.
real() {
  define x.def "$DEBIAN"
  "$KERR" --verbose build "$@" x.sif x.def >log 2>&1 || e2e_unexpected "$(tail -n 40 log)"
  grep -E 'mmdebstrap|took' log >&2 || true
  runs x.sif
}

if ! command -v mmdebstrap debootstrap >/dev/null; then
  skip 'builds Debian with numpy and MPI' 'there is no mmdebstrap and no debootstrap'
elif ! answers; then
  skip 'builds Debian with numpy and MPI' "the archive $MIRROR does not answer"
elif is_root; then
  it 'builds Debian with numpy and MPI as root' real
else
  if grep -q "^$(id -un):" /etc/subuid 2>/dev/null; then
    it 'builds Debian with numpy and MPI with sub-ids' real
  else
    skip 'builds Debian with numpy and MPI with sub-ids' "there is no range for $(id -un) in /etc/subuid"
  fi
  it 'builds Debian with numpy and MPI without sub-ids' real --ignore-subuid
fi
