// SPDX-License-Identifier: MIT
/*
 * Why the kernel, or a seccomp filter, did not give the program an AF_SMC socket.
 */
#undef _FORTIFY_SOURCE /* only glibc has its checking functions */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "preload.h"

/* Whether a line of the file begins with these words. False if the file cannot be read. */
static bool has_line(const char *path, const char *words)
{
	const char *expected = words; /* the rest of words in this line; NULL: the line does not match */
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
 * EAFNOSUPPORT is the kernel's error if it has no SMC. systemd's
 * RestrictAddressFamilies= and some containers use the same error to deny it.
 */
static const char *explain_no_smc(void)
{
	if (has_line("/proc/net/protocols", "SMC "))
		return "this kernel has SMC, but seccomp denies AF_SMC (systemd: "
		       "RestrictAddressFamilies=)";
	if (has_line("/proc/self/status", "Seccomp:\t2"))
		return "this kernel has no SMC, SMC is not loaded (modprobe smc), or seccomp "
		       "denies it";
	return "this kernel has no SMC, or SMC is not loaded (modprobe smc)";
}

void smc_line_add_refusal(struct smc_line *line, int err)
{
	switch (err) {
	case EAFNOSUPPORT:
		smc_line_add(line, explain_no_smc());
		break;
	case EPERM:
	case EACCES:
		smc_line_add(line, "seccomp or a security module denies AF_SMC");
		break;
	default:
		smc_line_add(line, "AF_SMC fails with errno ");
		smc_line_add_number(line, err);
	}
}
