// SPDX-License-Identifier: MIT
/*
 * Why the kernel, or a filter in front of it, gives the program no AF_SMC socket.
 */
#include <errno.h>

#include "preload.h"

void smc_line_add_refusal(struct smc_line *line, int err)
{
	switch (err) {
	case EAFNOSUPPORT:
		smc_line_add(line, "SMC is not in this kernel, or not loaded (modprobe smc)");
		break;
	case EPERM:
	case EACCES:
		smc_line_add(line, "AF_SMC is forbidden here, by seccomp or a security module");
		break;
	default:
		smc_line_add(line, "AF_SMC fails with errno ");
		smc_line_add_number(line, err);
	}
}
