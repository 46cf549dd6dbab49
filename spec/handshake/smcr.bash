# host12's scenes for SMC-R: two guests, with Soft-RoCE, which has version 2 only.
# shellcheck shell=bash
. spec/handshake/scenes.bash

begin
scene first talk 192.168.0.10 $ECHO
scene again talk 192.168.0.10 $ECHO

# Segments of 76 bytes: each message takes several.
route='dev eth0 advmss 88'
on10 "ip route add 192.168.0.12/32 $route"
# shellcheck disable=SC2086 # words
ip route add 192.168.0.10/32 $route
scene segments talk 192.168.0.10 $ECHO
on10 "ip route del 192.168.0.12/32 $route"
# shellcheck disable=SC2086
ip route del 192.168.0.10/32 $route

ueids SMCV2-A SMCV2-B
on10 'lua5.4 examples/smcd.lua ueid flush; lua5.4 examples/smcd.lua ueid add SMCV2-C'
scene ueids_differ talk 192.168.0.10 $ECHO
on10 lua5.4 examples/smcd.lua ueid flush
scene server_without_ueid talk 192.168.0.10 $ECHO
on10 lua5.4 examples/smcd.lua ueid add SMCV2-B
scene two_ueids talk 192.168.0.10 $ECHO

# The option taken out on the way, 20 bytes into those of the SYN.
load cls_u32 sch_prio act_pedit act_csum cls_matchall
if tc qdisc add dev eth0 root handle 1: prio; then
	tc filter add dev eth0 parent 1: protocol ip u32 match ip protocol 6 0xff match u8 0x02 0x12 at 33 \
		action pedit munge offset 60 u32 set 0x01010101 munge offset 64 u32 set 0x01010101 \
		pipe action csum ip4h and tcp
	scene option_taken_out talk 192.168.0.10 $ECHO
	tc qdisc del dev eth0 root
fi

on10 rdma link del rxe0
scene server_without_rdma talk 192.168.0.10 $ECHO
rdma link del rxe0
scene client_without_rdma talk 192.168.0.10 $ECHO
