#!/usr/bin/env bash
# Networks: none, by pasta and slirp4netns, by plugins of CNI, joined; ports, name servers; nothing is left of them.
# shellcheck disable=SC2164,SC2119,SC2120 # a case ends at its first failing command
. "$(dirname "$0")/lib.sh"
. "$E2E/fixtures/common.sh"
PATH=$PATH:/usr/sbin:/sbin

PLUGINS=''
for directory in /usr/lib/cni /usr/libexec/cni /opt/cni/bin; do
  if [ -z "$PLUGINS" ] && [ -x $directory/bridge ]; then PLUGINS=$directory; fi
done
# Ports that root's and the ordinary user's cases do not share.
PORT=$((21000 + $(id -u) % 1000 * 20))

inside() { "$KERR" exec "$@"; }

# port: a port of the host that was not given before.
port() {
  local used=$SCRATCH/.port
  [ -e "$used" ] || echo $PORT >"$used"
  echo $(($(cat "$used") + 1)) >"$used"
  cat "$used"
}

# get HOST PORT [BYTES…]: what a server says over TCP within some seconds. Fails if there is none.
get() {
  python3 - "$@" <<'END'
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 3) as server:
    server.settimeout(3)
    said = server.makefile().read()
print(said, end='')
sys.exit(not said)
END
}

# An outer address of the host.
address() { ip -4 -o addr show scope global | awk '{ sub("/.*", "", $4); print $4; exit }'; }

# serve ADDRESS PORT TEXT: says TEXT to everybody who connects, until the case ends. Sets SERVER.
serve() {
  python3 - "$@" <<'END' &
import socket, sys
listening = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listening.accept()
    connection.sendall(sys.argv[3].encode() + b'\n')
    connection.close()
END
  SERVER=$!
  trap 'kill $SERVER' EXIT
  eventually get "$1" "$2" >/dev/null
}

# launched OPTION…: starts a payload in the background that answers on port 80. Sets LAUNCH.
launched() {
  rm -f up
  "$KERR" exec "$@" --no-mount cwd --bind "$PWD" --cwd "$PWD" "$BUSYBOX" \
    sh -c 'echo >up; exec nc -ll -p 80 -e echo from the container' &
  LAUNCH=$!
  eventually test -e up
}

ended() {
  kill "$LAUNCH" 2>/dev/null || true
  wait "$LAUNCH" || true
}

answers() { [ "$(get "$1" "$2" 2>/dev/null)" = 'from the container' ]; }

# ---- what a network could leave behind

network_things() {
  leftovers | grep -v '^/proc/self'
  echo '# helpers'
  ps -u "$(id -u)" -o pid=,args= | grep -E 'pasta|slirp4netns|--network (up|down)|/cni/' | grep -v -e grep -e "$0" || true
  if is_root; then
    echo '# interfaces'
    ip -o link | sed 's/^[0-9]*: //; s/state .*//' | grep veth || true
    echo '# rules'
    { iptables-save; iptables-save -t nat; } 2>/dev/null | grep -e kerr- || true
    echo '# addresses'
    find /run/kerr/addresses /var/lib/cni -name '[0-9]*' 2>/dev/null || true
    find /run/netns /var/run/netns 2>/dev/null || true
  fi
}

leaves_no_network() {
  network_things | sort >"$SCRATCH/.network-before"
  "$@"
  eventually no_new_network || e2e_unexpected "$(new_network_things)"
}

new_network_things() { network_things | sort | comm -13 "$SCRATCH/.network-before" -; }

no_new_network() { [ -z "$(new_network_things)" ]; }

# The children of a launch's watcher, and it: all processes of ours but the payload's own.
helpers() { ps -u "$(id -u)" -o pid=,args= | awk -v name="$1" '$2 ~ "/" name "$" || $2 == name {print $1}'; }

# ---- none

none_has_only_loopback() {
  local option
  for option in --network=none '--net --network none'; do
    # shellcheck disable=SC2086 # words
    expect_stdout lo inside $option "$BUSYBOX" ls /sys/class/net
    # shellcheck disable=SC2086
    expect_stdout '' inside $option "$BUSYBOX" ip route
    # shellcheck disable=SC2086
    expect_stdout_contains 'inet 127.0.0.1/8' inside $option "$BUSYBOX" ip -o addr
  done
  expect_stdout_contains eth0 env KERR_NETWORK= "$KERR" exec "$BUSYBOX" sh -c 'ls /sys/class/net; echo eth0'
}

none_reaches_itself_and_not_the_host() {
  local at
  at=$(port)
  serve 127.0.0.1 "$at" 'from the host'
  expect_stdout 'from the host' inside "$BUSYBOX" nc 127.0.0.1 "$at"
  expect_status 1 inside --network none "$BUSYBOX" nc -w 2 127.0.0.1 "$at"
  expect_stdout within inside --network none "$BUSYBOX" sh -c 'echo within | nc -l -p 99 -w 3 & sleep 0.5; nc 127.0.0.1 99'
}

net_alone_is_none() {
  expect_stdout lo inside --net "$BUSYBOX" ls /sys/class/net
  expect_stdout lo env SINGULARITY_UNSHARE_NET=1 "$KERR" exec "$BUSYBOX" ls /sys/class/net
}

fakeroot_has_none() { expect_stdout lo inside --fakeroot --net "$BUSYBOX" ls /sys/class/net; }

refuses_what_none_cannot() {
  expect_fatal 'none goes with no other network' inside --network none --network-args portmap=8080:80/tcp "$BUSYBOX" true
  expect_fatal 'maps no port' inside --network pasta --network-args portmap=8080:80 "$BUSYBOX" true
}

contained_knows_itself_alone() {
  expect_stdout $'127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback' inside --contain --network none "$BUSYBOX" cat /etc/hosts
  expect_stdout "$(cat /etc/hosts)" inside --network none "$BUSYBOX" cat /etc/hosts
}

own_sysfs_cannot_be_written() {
  expect_stdout_contains ' ro,' inside --network none "$BUSYBOX" sh -c 'grep " /sys sysfs" /proc/mounts'
}

# ---- name servers

name_servers_are_those_that_are_named() {
  expect_stdout $'nameserver 192.0.2.53\nnameserver 2001:db8::53' inside --dns 192.0.2.53,2001:db8::53 "$BUSYBOX" cat /etc/resolv.conf
  expect_stdout 'nameserver 192.0.2.53' env APPTAINER_DNS=192.0.2.53 "$KERR" exec --network none "$BUSYBOX" cat /etc/resolv.conf
  expect_fatal '--dns xyz is no address' inside --dns xyz "$BUSYBOX" true
  touch mine
  expect_fatal 'contradict each other' inside --dns 192.0.2.53 --bind mine:/etc/resolv.conf "$BUSYBOX" true
  expect_stdout "$(cat /etc/resolv.conf)" inside "$BUSYBOX" cat /etc/resolv.conf
}

# ---- pasta and slirp4netns: PROGRAM

PROGRAM=

maps_a_port() {
  local at
  at=$(port)
  launched --network $PROGRAM --network-args "portmap=$at:80/tcp"
  eventually answers 127.0.0.1 "$at"
  answers 127.0.0.1 "$at"
  ended
  ! answers 127.0.0.1 "$at"
}

# The image has no program for UDP. slirp4netns answers no datagram of the loopback interface, and pasta none of the
# address that the container has too.
maps_a_port_of_udp() {
  local at
  at=$(port)
  cat >answer.c <<'END'
#include <arpa/inet.h>
int main(void) {
    char byte;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(PORT)}, peer;
    socklen_t size = sizeof peer;
    const int files = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(files, (struct sockaddr *)&here, sizeof here) != 0) return 1;
    while (recvfrom(files, &byte, 1, 0, (struct sockaddr *)&peer, &size) >= 0)
        sendto(files, "over udp", 8, 0, (struct sockaddr *)&peer, size);
    return 1;
}
END
  gcc -static -DPORT=$at -o answer answer.c
  "$KERR" exec --network $PROGRAM --network-args "portmap=$at/udp" --bind "$PWD:/here" "$BUSYBOX" \
    sh -c 'echo >/here/up; exec timeout 20 /here/answer' &
  eventually test -e up
  expect_stdout 'over udp' python3 -c "
import socket
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.settimeout(1)
for address in ['127.0.0.1', '$(address)'] * 3:
    asking.sendto(b'?', (address, $at))
    try:
        print(asking.recv(100).decode())
        break
    except socket.timeout:
        pass"
  kill $!
  wait $! || true
}

closes_the_hosts_loopback() {
  local at address
  at=$(port)
  serve 127.0.0.1 "$at" 'from the host'
  for address in 127.0.0.1 10.0.2.2 "$(ip -4 route show default | sed -n 's/.* via \([^ ]*\).*/\1/p')"; do
    run inside --network $PROGRAM "$BUSYBOX" timeout 4 nc -w 2 "${address:-127.0.0.1}" "$at"
    expect_equal '' "$STDOUT"
  done
}

has_a_route() {
  expect_stdout_contains 'default via' inside --network $PROGRAM "$BUSYBOX" ip route
  expect_stdout 2 inside --network $PROGRAM "$BUSYBOX" sh -c 'ls /sys/class/net | wc -l'
}

# slirp4netns gives the container another address than the host's; with pasta the host's own address is the container's.
reaches_the_host_by_its_address() {
  local at address
  at=$(port)
  address=$(address)
  serve "$address" "$at" 'from the host'
  expect_stdout 'from the host' inside --network $PROGRAM "$BUSYBOX" nc "$address" "$at"
}

has_its_name_server() {
  expect_stdout_contains "nameserver $1" inside --network $PROGRAM "$BUSYBOX" cat /etc/resolv.conf
  expect_stdout 'nameserver 192.0.2.53' inside --network $PROGRAM --dns 192.0.2.53 "$BUSYBOX" cat /etc/resolv.conf
}

refuses_a_port_in_use() {
  local at
  at=$(port)
  serve 0.0.0.0 "$at" taken
  expect_fatal "port $at/tcp of the host cannot be mapped: address already in use" \
    inside --network $PROGRAM --network-args "portmap=$at:80/tcp" "$BUSYBOX" echo started
}

refuses_a_low_port() {
  expect_fatal 'port 80 of the host is not for ordinary users' \
    inside --network $PROGRAM --network-args portmap=80:80/tcp "$BUSYBOX" echo started
}

works_as_root_in_the_container() {
  expect_stdout_contains 'default via' inside --fakeroot --network $PROGRAM "$BUSYBOX" ip route
  expect_stdout_contains 'default via' inside --oci --network $PROGRAM "$BUSYBOX" ip route
}

works_with_processes_of_its_own() {
  local at
  at=$(port)
  launched --pid --network $PROGRAM --network-args "portmap=$at:80/tcp"
  eventually answers 127.0.0.1 "$at"
  ended
}

leaves_nothing() { leaves_no_network "$KERR" exec --network $PROGRAM "$BUSYBOX" true; }

killed() {
  local at
  at=$(port)
  launched --network $PROGRAM --network-args "portmap=$at:80/tcp"
  eventually answers 127.0.0.1 "$at"
  kill -KILL $LAUNCH
  wait $LAUNCH || true
}

leaves_nothing_when_it_is_killed() {
  leaves_no_network killed
  leaves_no_network killed_at_moments $PROGRAM
}

# Whichever process of the network is killed, the others end with it or with the payload, and the payload goes on.
killed_network() {
  local at process
  at=$(port)
  launched --network $PROGRAM --network-args "portmap=$at:80/tcp"
  eventually answers 127.0.0.1 "$at"
  process=$(watchers | sed -n "$1p")
  [ -n "$process" ]
  kill -KILL "$process"
  sleep 0.3
  kill -0 $LAUNCH
  ! answers 127.0.0.1 "$at"
  ended
}

# The watcher, the init of its PID namespace, and the helper.
watchers() {
  local helper init
  helper=$(helpers $PROGRAM | sort -n | head -n 1)
  init=$(ps -o ppid= -p "$helper" | tr -d ' ')
  ps -o ppid= -p "$init" | tr -d ' '
  echo "$init"
  echo "$helper"
}

leaves_nothing_when_the_network_is_killed() {
  local which
  for which in 1 2 3; do leaves_no_network killed_network $which; done
}

# What the payload leaves running keeps its network, which ends with it.
background() {
  local at
  at=$(port)
  touch go
  "$KERR" exec --network $PROGRAM --network-args "portmap=$at:80/tcp" --bind "$PWD" --cwd "$PWD" "$BUSYBOX" \
    sh -c '(nc -ll -p 80 -e echo from the container & while [ -e go ]; do sleep 0.2; done; kill $!) </dev/null >/dev/null 2>&1 &'
  eventually answers 127.0.0.1 "$at"
  sleep 0.5
  eventually answers 127.0.0.1 "$at"
  rm go
}

keeps_it_for_what_is_left_running() { leaves_no_network background; }

# has_an_address NAME: the list of instances shows one.
has_an_address() { "$KERR" instance list "$1" | grep -Eq "^$1 +[0-9]+ +[0-9]+(\.[0-9]+){3} +/"; }

# An instance stays connected until it is stopped.
instance() {
  local at listed=false
  at=$(port)
  export KERR_CONFIGDIR=$PWD/kerr
  "$KERR" instance start --network $PROGRAM --network-args "portmap=$at:80/tcp" "$BUSYBOX" net
  "$KERR" exec instance://net nc -ll -p 80 -e echo from the container &
  eventually answers 127.0.0.1 "$at"
  if has_an_address net; then listed=true; fi
  "$KERR" instance stop net
  $listed && ! answers 127.0.0.1 "$at"
}

connects_an_instance() { leaves_no_network instance; }

storm() {
  local i pids=()
  for i in $(seq 8); do
    "$KERR" exec --network $PROGRAM "$BUSYBOX" ip route >"route$i" 2>&1 &
    pids+=($!)
  done
  for i in $(seq 8); do
    wait "${pids[i - 1]}"
    expect_contains 'default via' "$(cat "route$i")"
  done
}

starts_eight_at_once() { leaves_no_network storm; }

refuses_without_the_program() {
  echo 'binary path = /nowhere' >no.conf
  expect_fatal "no $PROGRAM on this host for --network $PROGRAM" "$KERR" --config no.conf exec --network $PROGRAM "$BUSYBOX" true
}

serving_program() {
  PROGRAM=$1
  if ! command -v "$1" >/dev/null || [ ! -w /dev/net/tun ]; then
    skip "$1: ports, name servers, leftovers" "no $1 on this host, or /dev/net/tun is closed"
    return
  fi
  it "$1 maps a port of the host" maps_a_port
  if command -v gcc >/dev/null; then
    it "$1 maps a port of UDP" maps_a_port_of_udp
  else
    skip "$1 maps a port of UDP" 'no gcc on this host to make a program for it'
  fi
  it "$1 closes the host's loopback interface" closes_the_hosts_loopback
  it "$1 has a route" has_a_route
  if [ "$1" = slirp4netns ]; then it "$1 reaches the host by its address" reaches_the_host_by_its_address; fi
  it "$1 has a name server" has_its_name_server "$2"
  it "$1 refuses a port in use" refuses_a_port_in_use
  if ! is_root; then
    it "$1 refuses a low port" refuses_a_low_port
    it "$1 works for root in the container" works_as_root_in_the_container
  fi
  it "$1 works with a PID namespace" works_with_processes_of_its_own
  it "$1 is refused where it is not" refuses_without_the_program
  it "$1 leaves nothing" leaves_nothing
  it "$1 leaves nothing when the launch is killed" leaves_nothing_when_it_is_killed
  it "$1 leaves nothing when it, its init or its watcher is killed" leaves_nothing_when_the_network_is_killed
  it "$1 stays for what the payload has left running" keeps_it_for_what_is_left_running
  it "$1 connects an instance" connects_an_instance
  it "$1 starts eight at once" starts_eight_at_once
}

# ---- plugins of CNI, for root

lists_the_address() {
  "$KERR" instance start --network bridge --network-args IP=10.24.0.98 "$BUSYBOX" listed
  run "$KERR" instance list
  "$KERR" instance stop listed
  expect_contains ' 10.24.0.98 ' "$STDOUT"
}

bridge_has_an_address() {
  expect_stdout_contains 'inet 10.24.' inside --net "$BUSYBOX" ip -o -4 addr show eth0
  expect_stdout_contains ' 0% packet loss' inside --network bridge "$BUSYBOX" ping -c 1 10.24.0.1
  expect_stdout_contains 'inet 10.24.0.99/' inside --network bridge --network-args IP=10.24.0.99 "$BUSYBOX" ip -o -4 addr show eth0
}

ptp_has_an_address() {
  expect_stdout_contains 'inet 10.25.' inside --network ptp "$BUSYBOX" ip -o -4 addr show eth0
  expect_stdout_contains ' 0% packet loss' inside --network ptp "$BUSYBOX" ping -c 1 10.25.0.1
  expect_stdout_contains 'inet 10.77.' inside --network ptp --network-args ipRange=10.77.0.0/24 "$BUSYBOX" ip -o -4 addr show eth0
}

two_networks_have_two_interfaces() {
  expect_stdout $'eth0\neth1\nlo' inside --network bridge,ptp "$BUSYBOX" ls /sys/class/net
  expect_stdout_contains 10.25.0.123 inside --network bridge,ptp --network-args ptp:IP=10.25.0.123 "$BUSYBOX" ip -o -4 addr show eth1
}

two_containers_see_each_other() {
  launched --network bridge --network-args IP=10.24.7.7
  eventually expect_stdout 'from the container' inside --network bridge "$BUSYBOX" nc -w 2 10.24.7.7 80
  ended
}

plugins_map_a_port() {
  local at address
  at=$(port)
  address=$(address)
  launched --network bridge --network-args "portmap=$at:80/tcp"
  eventually answers "$address" "$at"
  eventually answers 127.0.0.1 "$at"
  ended
  ! answers "$address" "$at"
}

plugins_leave_nothing() {
  leaves_no_network "$KERR" exec --network bridge,ptp --network-args "portmap=$(port):80/tcp" "$BUSYBOX" true
}

killed_with_plugins() {
  launched --network bridge --network-args "portmap=$(port):80/tcp"
  expect_contains kerr- "$(iptables-save -t nat)"
  kill -KILL $LAUNCH
  wait $LAUNCH || true
}

plugins_leave_nothing_when_it_is_killed() { leaves_no_network killed_with_plugins; }

plugin_watchers() { ps -e -o pid=,comm= | awk '$2 == "kerr-network" {print $1}' | sort -n; }
has_two_watchers() { [ "$(plugin_watchers | wc -l)" = 2 ]; }

# Of the two that look after it, one: the other undoes the network.
killed_plugin_watcher() {
  launched --network bridge --network-args "portmap=$(port):80/tcp"
  local all
  eventually has_two_watchers # those of the launch before may yet be ending
  all=$(plugin_watchers)
  kill -KILL "$(sed -n "$1p" <<<"$all")"
  sleep 0.3
  expect_contains kerr- "$(iptables-save -t nat)"
  ended
}

plugins_leave_nothing_when_a_watcher_is_killed() {
  leaves_no_network killed_plugin_watcher 1
  leaves_no_network killed_plugin_watcher 2
}

# Killed at any moment: while the plugins run too.
killed_at_moments() {
  local moment
  for moment in 0.05 0.1 0.15 0.2 0.3 0.4 0.5 0.6 0.8 1.0; do
    "$KERR" exec --network "$1" --network-args "portmap=$(port):80/tcp" "$BUSYBOX" sleep 5 2>/dev/null &
    sleep $moment
    kill -KILL $! 2>/dev/null || true
    wait $! || true
  done 2>/dev/null
}

plugins_leave_nothing_at_any_moment() { leaves_no_network killed_at_moments bridge; }

# Sets RUNNER.
plugin_run() { RUNNER=$(pgrep -f -- '--network up /proc/' | head -n 1) && [ -n "$RUNNER" ]; }

# The process that runs the plugins.
killed_plugin_run() {
  local launch
  "$KERR" exec --network bridge,ptp "$BUSYBOX" echo started >said 2>&1 &
  launch=$!
  eventually plugin_run
  kill -KILL "$RUNNER"
  STATUS=0
  wait $launch || STATUS=$?
  expect_equal 255 "$STATUS"
  expect_equal "FATAL:   the network's helper was killed" "$(cat said)"
}

plugins_leave_nothing_when_their_run_is_killed() { leaves_no_network killed_plugin_run; }

# conf NAME TEXT: a configuration of networks in a directory of its own. Sets CONF.
conf() {
  mkdir -p network
  printf '%s\n' "$2" >"network/$1.conflist"
  echo "cni configuration path = $PWD/network" >kerr.conf
  CONF=$PWD/kerr.conf
}

refuses_wrong_configurations() {
  conf 00 '{"name": "bridge", "plugins": [{"type": "../../../bin/sh"}]}'
  expect_fatal 'the type of a plugin is letters' "$KERR" --config "$CONF" exec --net "$BUSYBOX" true
  conf 00 '{"name": "bridge", "plugins": [{"type": "no-such-plugin"}]}'
  expect_fatal "no-such-plugin, which is not there" "$KERR" --config "$CONF" exec --net "$BUSYBOX" true
  conf 00 '{"name": "bridge",'
  expect_fatal "$PWD/network/00.conflist: malformed JSON" "$KERR" --config "$CONF" exec --net "$BUSYBOX" true
  conf 00 '{"name": "lone", "cniVersion": "0.4.0", "plugins": [{"type": "macvlan", "master": "nosuch0", "ipam": {"type": "host-local", "subnet": "10.99.0.0/24"}}]}'
  expect_fatal 'network lone: plugin macvlan: ' "$KERR" --config "$CONF" exec --network lone "$BUSYBOX" true
  expect_fatal 'no network bridge is configured' "$KERR" --config "$CONF" exec --net "$BUSYBOX" true
  expect_fatal 'cannot map ports' "$KERR" --config "$CONF" exec --network lone --network-args portmap=1:1/tcp "$BUSYBOX" true
}

refuses_plugins_of_others() {
  mkdir plugins
  cp "$PLUGINS"/{bridge,host-local,firewall,portmap} plugins/
  chown nobody plugins/bridge
  echo "cni plugin path = $PWD/plugins" >kerr.conf
  expect_fatal 'others than root may write to' "$KERR" --config kerr.conf exec --net "$BUSYBOX" true
}

failed_plugin() {
  conf 00 '{"name": "half", "cniVersion": "0.4.0", "plugins": [
    {"type": "bridge", "bridge": "kerr0", "ipam": {"type": "host-local", "dataDir": "/run/kerr/addresses", "subnet": "10.24.0.0/16"}},
    {"type": "tuning", "sysctl": {"net.no.such": "1"}}]}'
  expect_fatal 'network half: plugin tuning: ' "$KERR" --config "$CONF" exec --network half "$BUSYBOX" echo started
}

undoes_half_a_network() { leaves_no_network failed_plugin; }

# ---- joining

joins_a_namespace() {
  local name=kerr-e2e-$$
  ip netns add $name
  ip -n $name link add dummy7 type dummy 2>/dev/null || ip -n $name link set lo up
  run inside --netns-path /run/netns/$name "$BUSYBOX" sh -c 'ls -iL /proc/self/ns/net | cut -d " " -f 1'
  local number
  number=$(stat -c %i /run/netns/$name)
  ip netns delete $name
  expect_equal "$number" "$STDOUT"
  expect_fatal 'cannot open the network namespace /no/such' inside --netns-path /no/such "$BUSYBOX" true
  expect_fatal '/etc/hosts is no network namespace' inside --netns-path /etc/hosts "$BUSYBOX" true
  expect_fatal 'contradict each other' inside --netns-path /proc/self/ns/net --net "$BUSYBOX" true
}

refuses_what_is_for_root() {
  expect_fatal 'network bridge is for root' inside --network bridge "$BUSYBOX" true
  expect_fatal '--netns-path is for root' inside --netns-path /proc/self/ns/net "$BUSYBOX" true
}

doctor_names_networks() {
  expect_stdout_contains Networks: "$KERR" doctor
  expect_contains pasta "$STDOUT"
  expect_contains slirp4netns "$STDOUT"
}

it 'none has a loopback interface and no more' none_has_only_loopback
it 'none reaches itself and not the host' none_reaches_itself_and_not_the_host
it 'refuses what none cannot' refuses_what_none_cannot
it 'shows the interfaces of its own, read-only' own_sysfs_cannot_be_written
it 'has no other names in /etc/hosts with --contain' contained_knows_itself_alone
it 'has the name servers that are named' name_servers_are_those_that_are_named
it 'doctor says what networks there are' doctor_names_networks
if is_root; then
  skip '--net alone is none' "root's is bridge"
else
  it '--net alone is none' net_alone_is_none
  it '--fakeroot --net is none' fakeroot_has_none
  it 'refuses what is for root' refuses_what_is_for_root
fi
serving_program pasta 169.254.1.1
serving_program slirp4netns 10.0.2.3
if ! is_root; then
  skip 'networks by plugins of CNI; joining' 'only root may'
elif [ -z "$PLUGINS" ] || ! command -v iptables >/dev/null; then
  skip 'networks by plugins of CNI' 'no plugins of CNI on this host, or no iptables'
else
  it 'bridge has an address and a gateway' bridge_has_an_address
  it 'shows an instance with its address' lists_the_address
  it 'ptp has an address and a gateway' ptp_has_an_address
  it 'two networks have two interfaces' two_networks_have_two_interfaces
  it 'two containers of a bridge see each other' two_containers_see_each_other
  it 'plugins map a port of the host' plugins_map_a_port
  it 'plugins leave nothing' plugins_leave_nothing
  it 'plugins leave nothing when the launch is killed' plugins_leave_nothing_when_it_is_killed
  it 'plugins leave nothing when a watcher is killed' plugins_leave_nothing_when_a_watcher_is_killed
  it 'plugins leave nothing when what runs them is killed' plugins_leave_nothing_when_their_run_is_killed
  it 'plugins leave nothing when the launch is killed at any moment' plugins_leave_nothing_at_any_moment
  it 'undoes a network of which a plugin fails' undoes_half_a_network
  it 'refuses wrong configurations' refuses_wrong_configurations
  it 'refuses plugins that others can change' refuses_plugins_of_others
fi
if is_root; then it 'joins a network namespace' joins_a_namespace; fi
