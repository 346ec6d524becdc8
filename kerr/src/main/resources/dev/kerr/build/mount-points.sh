# mount-points make|remove ROOTFS PATH KIND…: makes the paths, which no link is in, for binds of KIND (d: a directory, f: a
# file), and says which were made, the outermost first; or removes those. Run as root on the host.
set -eu
act=$1
cd -- "$2"
shift 2
if [ "$act" = remove ]; then
    for path; do
        if [ -d "./$path" ] && [ ! -L "./$path" ]; then
            rmdir -- "./$path" 2>/dev/null || true
        elif [ ! -s "./$path" ]; then
            rm -f -- "./$path"
        fi
    done
    exit 0
fi
umask 022
list=$1
shift
while [ $# -gt 0 ]; do
    rest=$1 here=.
    while [ -n "$rest" ]; do
        name=${rest%%/*}
        case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
        here=$here/$name
        if [ ! -e "$here" ]; then
            if [ -n "$rest" ] || [ "$2" = d ]; then mkdir -- "$here"; else : > "$here"; fi
            printf '%s\n' "${here#./}" >> "$list"
        fi
    done
    shift 2
done
