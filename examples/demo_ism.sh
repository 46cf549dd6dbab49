# The part of demo.sh about ISM devices. Two hosts, network namespaces of one guest, have an emulated
# ISM device each; host12 switches its own off and on, and sees what becomes of the same programs.
# shellcheck shell=bash disable=SC2154 # bold, ok, work are demo.sh's

question=/tmp/demo.question

ism_story() {
	chapter "8. Two hosts with an ISM device each; that of host12 is powered off, and on again"
	spec/lab/lab run --hosts --timeout 600 ${bold:+--env DEMO_COLOUR=1} -- \
		examples/demo.sh ism_host10 ::: examples/demo.sh ism_host12 || spoil "host10 or host12 failed"
}

# host10 serves, and shows its connections when host12 asks for it.
ism_host10() {
	start python smc_run.lua python3 examples/echo_server.py 192.168.0.10 12345
	start check smc_chk.lua -S
	await_port 12345
	await_port 37373
	: >/tmp/demo.ready
	until [ -e /tmp/demo.done ]; do
		if [ -e $question ]; then
			expect 0 "$(<$question)" show smcss.lua
			rm $question
		fi
		sleep 0.05
	done
	stop_servers
	$ok
}

# What host10 is to show of its connections.
ask_host10() { # PATTERN
	echo "$1" >$question.new
	mv $question.new $question
	while [ -e $question ]; do sleep 0.05; done
}

list_devices() { # PATTERN OF LSPCI, OF SMC_RNICS
	expect 0 "$1" show lspci
	expect 0 "$2" show smc_rnics.lua -a
}

# The programs of the story: they neither know of SMC nor of its devices.
talk() { # WORDS, WHAT HOST10 SHOWS
	call "$1" 192.168.0.10 12345
	ask_host10 "$2"
	hang_up
}

ism_host12() {
	until [ -e /tmp/demo.ready ]; do sleep 0.05; done
	list_devices "^00:01.0 .*ISM" "^  32  1  "
	talk "hello over shared memory" "192.168.0.10:12345 .*SMCD"
	say "-- host12 powers its ISM device off"
	expect 0 . show smc_rnics.lua -d 32
	list_devices "^00:00.0 .*ISM" "^  32  0  "
	talk "hello, all the same" "192.168.0.10:12345 .*TCP 0x05000000/0x03030000"
	say "-- it \"works\": but over TCP, and the check tells"
	expect 1 "FID 32 is powered off" show smc_chk.lua -C 192.168.0.10
	say "-- so host12 powers it on"
	expect 0 . show smc_rnics.lua -e 32
	expect 0 "Success, using SMC-D" show smc_chk.lua -C 192.168.0.10
	: >/tmp/demo.done
	$ok
}
