# host12's scenes for SMC-R with an older kernel, which has release 0 of version 2.
# shellcheck shell=bash
. spec/handshake/scenes.bash

on10 true # its servers are ready
scene first talk 192.168.0.10 $ECHO
scene again talk 192.168.0.10 $ECHO
on10 quit
