/* SPDX-License-Identifier: MIT */
/*
 * What the files of the preloaded library share. preload.c says what all of them keep to.
 */
#ifndef SMC_PRELOAD_H
#define SMC_PRELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* No name of the library but those that it is there for is to meet one of the program. */
#pragma GCC visibility push(hidden)

/* preload.c: reads the environment and finds the functions that are next, once. */
void smc_preload_configure(void);

/* preload.c: is the program to say what becomes of its sockets? */
bool smc_preload_debug(void);

/* preload_option.c: getsockopt() as the program would have it without this library. */
int smc_preload_getsockopt(int fd, int level, int option, void *value, socklen_t *length);
void smc_preload_find_getsockopt(void);

/* preload_line.c: one line on standard error, built in memory and written at once. */
struct smc_line {
	size_t used;
	char text[256];
};

void smc_line_begin(struct smc_line *line);
void smc_line_add(struct smc_line *line, const char *text);
void smc_line_add_number(struct smc_line *line, long number);
void smc_line_end(struct smc_line *line); /* leaves errno alone */

/* preload_refusal.c: adds why socket(AF_SMC, …) failed with this errno. */
void smc_line_add_refusal(struct smc_line *line, int err);

#pragma GCC visibility pop

#endif
