# The part of demo.sh about ISM devices. Two hosts, network namespaces of one guest, have an emulated
# ISM device each; host12 switches its own off and on, and sees what becomes of the same programs.
# shellcheck shell=bash disable=SC2154 # lua, bold, ok, servers are demo.sh's

question=/tmp/demo.question

ism_story() {
	chapter "8. Two hosts with an ISM device each; that of host12 is powered off, and on again"
	spec/lab/lab run --hosts ${bold:+--env DEMO_COLOUR=1} -- \
		examples/demo.sh ism_host10 ::: examples/demo.sh ism_host12 || ok=false
}

# host10 serves, and shows its connections when host12 asks for it.
ism_host10() {
	start smc_run.lua python3 examples/echo_server.py 192.168.0.10 12345
	start smc_chk.lua -S
	await 12345
	await 37373
	: >/tmp/demo.ready
	until [ -e /tmp/demo.done ]; do
		if [ -e $question ]; then
			show smcss.lua
			rm $question
		fi
		sleep 0.05
	done
	stop_servers
	$ok
}

show_host10() {
	: >$question
	while [ -e $question ]; do sleep 0.05; done
}

list_devices() {
	say "$ lspci"
	lspci
	show smc_rnics.lua -a
}

# The programs of the story: they neither know of SMC nor of its devices.
talk() {
	say "$ { echo $1; sleep 1; } | smc_run.lua python3 examples/send_data.py 192.168.0.10 12345"
	{ echo "$1"; sleep 1.5; } | run smc_run.lua python3 examples/send_data.py 192.168.0.10 12345 &
	local client=$!
	sleep 1
	show_host10
	wait $client
}

# The exit status that is wanted, and words that the output must have.
expect_words() {
	local wanted=$1 words=$2 text
	shift 2
	text=$(expect "$wanted" "$@")
	printf '%s\n' "$text"
	case $text in
	*"$words"*) ;;
	*) say "(unexpected: no '$words')" && ok=false ;;
	esac
}

ism_host12() {
	until [ -e /tmp/demo.ready ]; do sleep 0.05; done
	list_devices
	talk "hello over shared memory"
	say "-- host12 powers its ISM device off"
	expect 0 show smc_rnics.lua -d 32
	list_devices
	talk "hello, all the same"
	say "-- it \"works\": but over TCP, and the check tells"
	expect_words 1 "power on FID 32" show smc_chk.lua -C 192.168.0.10
	say "-- so host12 powers it on"
	expect 0 show smc_rnics.lua -e 32
	expect_words 0 "Success, using SMC-D" show smc_chk.lua -C 192.168.0.10
	: >/tmp/demo.done
	$ok
}
