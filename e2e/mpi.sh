#!/usr/bin/env bash
# Ranks of real MPI libraries in containers: launched by mpirun on this host, and by a Slurm of two nodes where root
# calls. The image has the host's own libraries. Cross-memory attach is on, and a rank that cannot have it says so.
. "$(dirname "$0")/fixtures/slurm.sh"
[ -n "$(slurm_lacks)" ] || slurm_box
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"

IMAGE=$SCRATCH/mpi.sif
RANKS=4
export OMPI_MCA_btl_vader_single_copy_mechanism=cma OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

reason=''
for program in mpicc.openmpi mpirun.openmpi mpicc.mpich mpiexec.mpich; do
  command -v $program >/dev/null || reason="$program is not installed"
done
if [ -n "$reason" ]; then
  skip 'ranks of MPI' "$reason"
  exit 0
fi

# copy_with_libraries FILE…: files, and what they are linked with, to the same places below ROOT.
copy_with_libraries() {
  local file
  for file in "$@" $(ldd "$@" 2>/dev/null |
    awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// && $2 ~ /^\(/ { print $1 }' | sort -u); do
    [ -e "$ROOT$file" ] || cp -L --parents "$file" "$ROOT"
  done
}

# The host's libraries with all that they load later, a shell, and the programs.
make_image() {
  local libraries=/usr/lib/$(uname -m)-linux-gnu
  ROOT=$SCRATCH/root
  mkdir -p "$ROOT$libraries" "$ROOT"/{usr/bin,usr/lib64,usr/local/bin,usr/share,etc,dev,proc,sys,tmp,var/tmp,home,root}
  ln -s usr/bin usr/lib usr/lib64 "$ROOT"
  mpicc.openmpi -O1 -Wall "$E2E/fixtures/mpi.c" -o "$ROOT/usr/local/bin/openmpi"
  mpicc.mpich -O1 -Wall "$E2E/fixtures/mpi.c" -o "$ROOT/usr/local/bin/mpich"
  cp -a --parents "$libraries"/{openmpi,pmix2,ucx} /usr/share/openmpi "$ROOT"
  # shellcheck disable=SC2046 # one word a file
  copy_with_libraries /bin/sh /usr/bin/env "$ROOT"/usr/local/bin/* \
    $(find "$libraries"/{openmpi,pmix2,ucx} -type f -name '*.so*')
  rm -rf "${ROOT:?}$ROOT"
  "$KERR" --silent build "$IMAGE" "$ROOT"
  chmod 644 "$IMAGE"
}

# is_whole LIBRARY MEMORY: what rank 0 has said.
is_whole() {
  local wanted="$RANKS ranks of $1 in $IMAGE: $((RANKS * 20)) hops, 0 words wrong, memory $2"
  [ "$STATUS" = 0 ] && [ "$STDOUT" = "$wanted" ] || e2e_show "expected success and the output: $wanted" "$1"
}

openmpi() { run timeout -k 2 30 mpirun.openmpi -np $RANKS "$KERR" exec "$@" "$IMAGE" openmpi; }
mpich() { run timeout -k 2 30 mpiexec.mpich -n $RANKS "$KERR" exec "$@" "$IMAGE" mpich; }

runs_openmpi() {
  openmpi
  is_whole Open shared
  expect_equal '' "$(grep -v MB/s <<<"$STDERR" || true)"
  grep MB/s <<<"$STDERR" >"$SCRATCH/openmpi.speed"
}

runs_mpich() {
  mpich
  is_whole MPICH shared
}

runs_with_options() {
  openmpi --no-home --bind /usr/share:/mnt
  is_whole Open shared
}

is_apart_without_shared_mounts() {
  export KERR_SHARED_MOUNT_LINGER=0 OMPI_MCA_btl_vader_single_copy_mechanism=none
  openmpi
  is_whole Open 'Operation not permitted'
}

# What mpirun ends is gone: ranks that wait for somebody who never writes.
ends_with_mpirun() {
  local pid
  mkfifo never
  # in the foreground: else mpirun is told twice, and then leaves its ranks behind
  timeout --foreground -k 20 60 mpirun.openmpi -np 2 "$KERR" exec --bind "$PWD" "$IMAGE" \
    sh -c "cd $PWD; : >up\$OMPI_COMM_WORLD_RANK; read -r x <never" >/dev/null 2>&1 &
  pid=$!
  eventually test -e up0
  eventually test -e up1
  kill -TERM $pid
  wait $pid || true
  eventually no_ranks
}

no_ranks() { ! pgrep -u "$(id -u)" -f "cd $PWD; : >up"; }

# ---- under Slurm, the ordinary user's

under_slurm() {
  local kind=$1 library=$2
  shift 2
  cd "$WORK"
  run as_slurm_user OMPI_MCA_btl_vader_single_copy_mechanism=cma OMPI_MCA_mpi_yield_when_idle=1 PMIX_MCA_gds=hash \
    timeout -k 2 60 srun --mpi="$kind" -n $RANKS "$@" "$KERR" exec "$IMAGE" "$library"
}

runs_pmi2() {
  under_slurm pmi2 mpich -N 1
  is_whole MPICH shared
}

runs_pmix() {
  under_slurm pmix openmpi -N 1
  is_whole Open shared
}

runs_on_two_nodes() {
  under_slurm pmi2 mpich -N 2
  is_whole MPICH shared
  under_slurm pmix openmpi -N 2
  is_whole Open shared
}

chmod 755 "$SCRATCH"
make_image || exit 1
it 'runs Open MPI with mpirun, and ranks read each other'"'"'s memory' runs_openmpi
it 'runs MPICH with mpiexec' runs_mpich
it 'runs with options' runs_with_options
it 'ends with mpirun' ends_with_mpirun
if is_root; then
  skip 'keeps ranks apart without shared mounts' "root's containers have no user namespace"
else
  it 'keeps ranks apart without shared mounts' is_apart_without_shared_mounts
fi
[ ! -e "$SCRATCH/openmpi.speed" ] ||
  echo "# Open MPI, messages of 16 MiB between $RANKS ranks: $(cat "$SCRATCH/openmpi.speed")"

reason=$(slurm_lacks)
if [ -n "$reason" ]; then
  skip 'runs under srun' "$reason"
  exit 0
fi
slurm_start || exit 1
it 'runs MPICH under srun --mpi=pmi2' runs_pmi2
it 'runs Open MPI under srun --mpi=pmix' runs_pmix
it 'runs on two nodes' runs_on_two_nodes
slurm_stop
