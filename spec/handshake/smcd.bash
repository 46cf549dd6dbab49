# host12's scenes for SMC-D: two hosts of one kernel, an emulated ISM function each.
# shellcheck shell=bash
. spec/handshake/scenes.bash

begin
scene first talk 192.168.0.10 $ECHO
scene again talk 192.168.0.10 $ECHO
scene server_is_plain talk 192.168.0.10 $PLAIN
scene client_is_plain talk 192.168.0.10 $ECHO plain
scene server_has_fastopen talk 192.168.0.10 $FASTOPEN
scene refused talk 192.168.0.10 37409

lua5.4 examples/smcd.lua ueid flush
scene seid talk 192.168.0.10 $ECHO
ueids SMCV2-A SMCV2-B.C && lua5.4 examples/smcd.lua seid disable
scene ueids talk 192.168.0.10 $ECHO

on10 ip address add fd00::10/64 dev eth0 nodad
ip address add fd00::12/64 dev eth0 nodad
ip address add fd01::12/48 dev eth0 nodad
scene ipv6 talk fd00::10 $ECHO

# The table of UEIDs is one for both hosts. It is changed while a slow Proposal is on its way, so that the server
# has other UEIDs: version 1 is left, and where the hosts have no subnet in common, nothing is.
change() { # ADDRESS
	talk "$1" $ECHO &
	until ss -Htn state established "dport = :$ECHO" | grep -q .; do
		running $! || return
		sleep 0.1
	done
	ueids SMCV2-C && lua5.4 examples/smcd.lua seid disable
	wait $!
}
on10 'ip address add 10.2.0.10/24 dev eth0; ip route add 10.1.0.0/24 dev eth0'
ip address add 10.1.0.12/24 dev eth0 && ip route add 10.2.0.0/24 dev eth0 src 10.1.0.12
talk 10.2.0.10 $PLAIN plain # the hosts know each other's MAC addresses
load sch_netem
tc qdisc add dev eth0 root netem delay 4s
scene version1 change 192.168.0.10
ueids SMCV2-A && lua5.4 examples/smcd.lua seid disable
scene ueids_differ change 10.2.0.10
tc qdisc del dev eth0 root

load 8021q
on10 'ip link add link eth0 name eth0.5 type vlan id 5; ip address add 192.168.5.10/24 dev eth0.5; ip link set eth0.5 up'
ip link add link eth0 name eth0.5 type vlan id 5 && ip address add 192.168.5.12/24 dev eth0.5 && ip link set eth0.5 up
scene vlan talk 192.168.5.10 $ECHO
on=any scene vlan_any talk 192.168.5.10 $ECHO

lua5.4 examples/smc_rnics.lua -d 31
scene server_without_ism talk 192.168.0.10 $ECHO
lua5.4 examples/smc_rnics.lua -e 31
lua5.4 examples/smc_rnics.lua -d 32
scene client_without_ism talk 192.168.0.10 $ECHO
