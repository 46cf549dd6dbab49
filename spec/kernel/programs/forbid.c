// SPDX-License-Identifier: MIT
/*
 * forbid ERRNO[:FAMILY] COMMAND [ARGUMENT]...: runs the command with a seccomp filter that answers
 * socket(FAMILY, …) with this errno; the family is AF_SMC unless told, and 0 means every call for sockets.
 * systemd's RestrictAddressFamilies= gives EAFNOSUPPORT, containers give EPERM. On s390x, programs call
 * socketcall(2), whose arguments are in memory: there a filter sees no family, and can only forbid all of them.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AF_SMC 43
#ifndef SYS_socketcall
#define SYS_socketcall SYS_socket
#endif
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW_HALF 4
#else
#define LOW_HALF 0
#endif

int main(int argc, char **argv)
{
	const char *colon = argc > 1 ? strchr(argv[1], ':') : NULL;
	unsigned int family = colon ? (unsigned int)atoi(colon + 1) : AF_SMC;
	unsigned int answer = SECCOMP_RET_ERRNO | (argc > 1 ? (unsigned int)atoi(argv[1]) : 0);
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, family ? SYS_socket : SYS_socketcall, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + LOW_HALF),
		BPF_JUMP(BPF_JMP | (family ? BPF_JEQ : BPF_JGE) | BPF_K, family, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	if (argc < 3 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("forbid");
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 126;
}
