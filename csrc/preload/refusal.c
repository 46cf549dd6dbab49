// SPDX-License-Identifier: MIT
/*
 * Why the kernel, or a filter in front of it, gives the program no AF_SMC socket.
 */
#undef _FORTIFY_SOURCE /* its checking functions exist in glibc alone */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "preload.h"

/* Does a line of the file begin with these words? False where the file cannot be read. */
static bool has_line(const char *path, const char *words)
{
	const char *expected = words; /* the rest of words in this line; NULL: it is another line */
	char text[256];               /* signal handlers have small stacks */
	ssize_t length, i;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while (!(expected && !*expected) && (length = read(fd, text, sizeof(text))) > 0) {
		for (i = 0; i < length && !(expected && !*expected); i++) {
			if (text[i] == '\n')
				expected = words;
			else if (expected)
				expected = text[i] == *expected ? expected + 1 : NULL;
		}
	}
	close(fd);
	return expected && !*expected;
}

/*
 * EAFNOSUPPORT is the kernel's answer when it has no SMC, and that of systemd's
 * RestrictAddressFamilies= and of some containers when they forbid it.
 */
static const char *explain_no_smc(void)
{
	if (has_line("/proc/net/protocols", "SMC "))
		return "AF_SMC is forbidden here, by seccomp: this kernel has SMC (systemd: "
		       "RestrictAddressFamilies=)";
	if (has_line("/proc/self/status", "Seccomp:\t2"))
		return "SMC is not in this kernel, not loaded (modprobe smc), or forbidden by "
		       "seccomp";
	return "SMC is not in this kernel, or not loaded (modprobe smc)";
}

void smc_line_add_refusal(struct smc_line *line, int err)
{
	switch (err) {
	case EAFNOSUPPORT:
		smc_line_add(line, explain_no_smc());
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
