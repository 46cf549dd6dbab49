// SPDX-License-Identifier: MIT
/* The settings of the preloaded library, read once from the environment. */
#undef _FORTIFY_SOURCE /* only glibc has its checking functions */

#include <stdatomic.h>
#include <stdlib.h>

#include "preload.h"

#define MAX_SIZE (1 << 30) /* the kernel doubles it, in an int */

/* Atomic, since the first calls may race: each writes the same values. */
static atomic_int debug, fallback, protocol, rcvbuf, sndbuf;
static atomic_bool configured;

static int parse_size(const char *text)
{
	const char *p = text;
	long long bytes = 0;

	for (; *p >= '0' && *p <= '9' && bytes <= MAX_SIZE; p++)
		bytes = bytes * 10 + (*p - '0');
	if (p != text && (*p == 'k' || *p == 'K')) {
		bytes *= 1024;
		p++;
	} else if (p != text && (*p == 'm' || *p == 'M')) {
		bytes *= 1048576;
		p++;
	}
	return *p || bytes > MAX_SIZE ? 0 : (int)bytes;
}

static int size_from_env(const char *name)
{
	const char *text = getenv(name);
	struct smc_line line;
	int bytes;

	if (!text || !*text)
		return 0;
	bytes = parse_size(text);
	if (!bytes && atomic_load(&debug)) {
		smc_line_begin(&line);
		smc_line_add(&line, name);
		smc_line_add(&line, " is ignored: not a size in bytes (suffix k or m): ");
		smc_line_add(&line, text);
		smc_line_end(&line);
	}
	return bytes;
}

static bool is_text(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void configure_fallback(void)
{
	const char *text = getenv("SMC_FALLBACK");
	struct smc_line line;

	if (!text || !*text)
		return;
	atomic_store(&fallback, is_text(text, "tcp"));
	if (atomic_load(&debug) && !atomic_load(&fallback)) {
		smc_line_begin(&line);
		smc_line_add(&line, "SMC_FALLBACK is ignored, since it is not tcp: ");
		smc_line_add(&line, text);
		smc_line_end(&line);
	}
}

static void configure_protocol(void)
{
	const char *text = getenv("SMC_PROTOCOL");
	struct smc_line line;

	if (!text || !*text || is_text(text, "smc"))
		return;
	if (is_text(text, "inet")) {
		atomic_store(&protocol, SMC_PROTOCOL_INET);
	} else if (is_text(text, "auto")) {
		atomic_store(&protocol, SMC_PROTOCOL_AUTO);
	} else if (atomic_load(&debug)) {
		smc_line_begin(&line);
		smc_line_add(&line, "SMC_PROTOCOL is ignored, since it is not smc, inet or auto: ");
		smc_line_add(&line, text);
		smc_line_end(&line);
	}
}

/*
 * Runs before main(), and earlier for a library whose own start-up code opens
 * a socket. Neither dlsym() nor getenv() is called after that.
 */
__attribute__((constructor)) void smc_preload_configure(void)
{
	const char *text;

	if (atomic_load(&configured))
		return;
	smc_preload_find_next();
	text = getenv("SMC_DEBUG");
	atomic_store(&debug, text && text[0] != '0');
	configure_fallback();
	configure_protocol();
	atomic_store(&rcvbuf, size_from_env("SMC_RCVBUF"));
	atomic_store(&sndbuf, size_from_env("SMC_SNDBUF"));
	atomic_store(&configured, true);
}

bool smc_preload_debug(void)
{
	return atomic_load(&debug);
}

bool smc_preload_fallback(void)
{
	return atomic_load(&fallback);
}

enum smc_protocol smc_preload_protocol(void)
{
	return (enum smc_protocol)atomic_load(&protocol);
}

int smc_preload_rcvbuf(void)
{
	return atomic_load(&rcvbuf);
}

int smc_preload_sndbuf(void)
{
	return atomic_load(&sndbuf);
}
