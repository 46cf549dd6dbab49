# The part of demo.sh that `make demo-s390x` runs: the same story in a guest that is an s390x machine, as far as
# QEMU goes. It has slots named by FID, with functions on zPCI, but no ISM device.
# shellcheck shell=bash disable=SC2154 # bold, ok, work are demo.sh's

s390x_story() {
	say "A kernel for s390x, in QEMU: the machine that SMC-D was made for."
	spec/lab/lab build --kernel s390x || exit
	spec/lab/lab run --kernel s390x --timeout 900 ${bold:+--env DEMO_COLOUR=1} -- examples/demo.sh s390x_guest
}

s390x_guest() {
	state
	echo_over_smc
	tcp_programs
	live_check
	plain_peer
	zpci_slots
	where_it_ends
	$ok
}

# A host with an SEID, as this one, speaks SMC-D without UEIDs, too: the peer has to be the reason.
plain_peer() {
	chapter "6. The same with a peer that has no SMC: the fallback, caught and explained"
	say "$ python3 examples/echo_server.py 127.0.0.1 12347 &"
	python3 examples/echo_server.py 127.0.0.1 12347 >"$work/plain" 2>&1 &
	servers+=($!)
	await_port 12347
	expect 1 "0x03010000" show smc_chk.lua -C 127.0.0.1 -p 12347
	stop_servers
}

zpci_slots() {
	chapter "7. Functions on zPCI, powered off and on by their FID"
	expect 0 "^0050:00:00.0 " show lspci
	expect 0 "^  50  1 " show smc_rnics.lua -a
	say "-- FID 50 is powered off"
	expect 0 . show smc_rnics.lua -d 50
	expect 0 "^  50  0 " show smc_rnics.lua -a
	show lspci
	say "-- again: the kernel refuses what is done already"
	expect 6 "already powered off" show smc_rnics.lua -d 50
	expect 0 . show smc_rnics.lua -e 50
	expect 0 "^  50  1 " show smc_rnics.lua -a
}

where_it_ends() {
	chapter "8. Where QEMU ends"
	expect 0 "^SEID: +IBM-SYSZ-ISMSEID" show smcd.lua info
	cat <<-'EOF'
		QEMU emulates no ISM device: "ISM: n/a". So SMC-D ran over loopback-ism, within this kernel, the
		functions above carry no connections, and they have neither PCHID nor PNET ID. On a machine with ISM
		devices chapter 7 shows them, and powering one off makes connections fall back to TCP: `make demo`
		shows that, with ISM devices that it emulates on another kernel.
	EOF
}
