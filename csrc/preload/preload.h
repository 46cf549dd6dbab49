/* SPDX-License-Identifier: MIT */
/*
 * What the files of the preloaded library share. preload.c lists the rules for all of them.
 */
#ifndef SMC_PRELOAD_H
#define SMC_PRELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Only the replaced functions are visible, so that no other name can conflict with one of the program. */
#pragma GCC visibility push(hidden)

/* next.c: socket() and getsockopt() as the program would have them without this library. */
void smc_preload_find_next(void);
int smc_preload_socket(int domain, int type, int protocol);
int smc_preload_getsockopt(int fd, int level, int option, void *value, socklen_t *length);

/* AF_SMC; IPPROTO_SMC of AF_INET and AF_INET6; or the second where the first is denied to the program. */
enum smc_protocol { SMC_PROTOCOL_SMC, SMC_PROTOCOL_INET, SMC_PROTOCOL_AUTO };

/* config.c: reads the environment and finds the functions that are next, once. */
void smc_preload_configure(void);
bool smc_preload_debug(void);    /* whether to report what becomes of each socket */
bool smc_preload_fallback(void); /* whether the user accepts TCP where there is no SMC */
enum smc_protocol smc_preload_protocol(void);
int smc_preload_rcvbuf(void); /* bytes; 0: unset */
int smc_preload_sndbuf(void);

/* line.c: one line on standard error, built in memory and written at once. */
struct smc_line {
	size_t used;
	char text[256];
};

void smc_line_begin(struct smc_line *line);
void smc_line_add(struct smc_line *line, const char *text);
void smc_line_add_number(struct smc_line *line, long number);
void smc_line_end(struct smc_line *line); /* leaves errno alone */

#pragma GCC visibility pop

#endif
