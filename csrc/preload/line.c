// SPDX-License-Identifier: MIT
/*
 * Messages of the preloaded library in debug mode: a line on standard error, without stdio.
 */
#include <errno.h>
#include <unistd.h>

#include "preload.h"

void smc_line_add(struct smc_line *line, const char *text)
{
	while (*text && line->used < sizeof(line->text) - 1)
		line->text[line->used++] = *text++;
}

void smc_line_add_number(struct smc_line *line, long number)
{
	char digits[24];
	char *p = digits + sizeof(digits);
	unsigned long rest = number < 0 ? 0UL - (unsigned long)number : (unsigned long)number;

	*--p = '\0';
	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (number < 0)
		*--p = '-';
	smc_line_add(line, p);
}

void smc_line_begin(struct smc_line *line)
{
	line->used = 0;
	smc_line_add(line, "smc: pid ");
	smc_line_add_number(line, getpid());
	smc_line_add(line, ": ");
}

/* A program that closed its standard error may have a connection there, in which a message would be data. */
static bool stderr_is_connection(void)
{
	int domain;
	socklen_t length = sizeof(domain);

	return !smc_preload_getsockopt(STDERR_FILENO, SOL_SOCKET, SO_DOMAIN, &domain, &length) &&
	       domain != AF_UNIX;
}

void smc_line_end(struct smc_line *line)
{
	int saved = errno;
	ssize_t written; /* the program must not fail because a message cannot be written */

	line->text[line->used++] = '\n'; /* smc_line_add() leaves room for it */
	if (!stderr_is_connection()) {
		written = write(STDERR_FILENO, line->text, line->used);
		(void)written;
	}
	errno = saved;
}
