# host12's scenes for SMC-R with an older kernel, which has release 0 of version 2.
# shellcheck shell=bash
. spec/handshake/scenes.bash

begin
scene first talk 192.168.0.10 $ECHO
scene again talk 192.168.0.10 $ECHO
