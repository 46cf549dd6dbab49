// SPDX-License-Identifier: MIT
/*
 * The library that smc.run has the dynamic linker preload into programs: their
 * TCP sockets become SMC sockets.
 *
 *   socket(AF_INET,  SOCK_STREAM, 0 | IPPROTO_TCP) -> socket(AF_SMC, …, SMCPROTO_SMC)
 *   socket(AF_INET6, SOCK_STREAM, 0 | IPPROTO_TCP) -> socket(AF_SMC, …, SMCPROTO_SMC6)
 *
 * Everything else passes through, to the socket() that is next in the order of
 * symbol lookup, so that other preloaded libraries go on working. getsockopt() is
 * here too, in preload_option.c: the kernel tells programs that connect without
 * blocking of a success that is none.
 *
 * Environment, read once at the start of a program (see smc_run(8)):
 *   SMC_DEBUG     not beginning with 0: say on stderr what became of each socket
 *   SMC_RCVBUF    SO_RCVBUF of the sockets that are converted, with suffix k or m
 *   SMC_SNDBUF    SO_SNDBUF of them
 *   SMC_FALLBACK  "tcp": where AF_SMC cannot be had, give the program TCP.
 *                 Without it socket() fails, with the kernel's errno.
 *
 * A size is what setsockopt(2) gets. The kernel doubles it for its bookkeeping
 * and halves it again for SMC, then rounds up to 16 KiB, 32 KiB, 64 KiB, … 1 MiB:
 * 256k is a ring of 256 KiB (of which SMC-D uses 32 bytes itself), 200k one of
 * 256 KiB too, 8k one of 16 KiB; unset, net.smc.rmem and wmem count. A size above
 * net.core.[rw]mem_max takes CAP_NET_ADMIN; else the limit is what the socket
 * gets. That limit is the whole system's and is left alone here.
 *
 * Programs call socket() from threads, from signal handlers, between vfork()
 * and exec(), and before main(). Therefore: no locks, no stdio, no allocation,
 * and no state but what configure() wrote once. Any libc will do: what is used
 * of it is in glibc and in musl, under the same names.
 */
#undef _FORTIFY_SOURCE /* its checking functions exist in glibc alone */

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload.h"
#include "../common/af_smc.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#define IPPROTO_SMC_PROTOCOL 256 /* IPPROTO_SMC: SMC already, since kernel 6.11 */

#define TYPE_MASK 0xf       /* the kernel's SOCK_TYPE_MASK: the rest are flags */
#define MAX_SIZE  (1 << 30) /* the kernel doubles it, in an int */

typedef int socket_function(int domain, int type, int protocol);

/* Atomic, since the first calls may race: each writes the same values. */
static _Atomic(socket_function *) next_socket;
static atomic_int debug, fallback, rcvbuf, sndbuf;
static atomic_bool configured;

static void add_call(struct smc_line *line, int domain, int type)
{
	smc_line_add(line, domain == AF_INET ? "socket(AF_INET" : "socket(AF_INET6");
	smc_line_add(line, ", SOCK_STREAM");
	if (type & SOCK_NONBLOCK)
		smc_line_add(line, "|SOCK_NONBLOCK");
	if (type & SOCK_CLOEXEC)
		smc_line_add(line, "|SOCK_CLOEXEC");
}

static void begin_result(struct smc_line *line, int domain, int type, int fd)
{
	smc_line_begin(line);
	add_call(line, domain, type);
	smc_line_add(line, ") = ");
	smc_line_add_number(line, fd);
}

static int read_size(const char *text)
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

static int size_from(const char *name)
{
	const char *text = getenv(name);
	struct smc_line line;
	int bytes;

	if (!text || !*text)
		return 0;
	bytes = read_size(text);
	if (!bytes && atomic_load(&debug)) {
		smc_line_begin(&line);
		smc_line_add(&line, name);
		smc_line_add(&line, " is ignored, being no size in bytes (suffix k or m): ");
		smc_line_add(&line, text);
		smc_line_end(&line);
	}
	return bytes;
}

static int plain_socket(int domain, int type, int protocol)
{
	return (int)syscall(SYS_socket, domain, type, protocol);
}

static void read_fallback(void)
{
	const char *text = getenv("SMC_FALLBACK");
	struct smc_line line;

	if (!text || !*text)
		return;
	atomic_store(&fallback, text[0] == 't' && text[1] == 'c' && text[2] == 'p' && !text[3]);
	if (atomic_load(&debug) && !atomic_load(&fallback)) {
		smc_line_begin(&line);
		smc_line_add(&line, "SMC_FALLBACK is ignored, not being tcp: ");
		smc_line_add(&line, text);
		smc_line_end(&line);
	}
}

bool smc_preload_debug(void)
{
	return atomic_load(&debug);
}

/*
 * Runs before main(), and earlier for a library whose own start-up code opens
 * a socket. Neither dlsym() nor getenv() is called after that.
 */
__attribute__((constructor)) void smc_preload_configure(void)
{
	socket_function *next;
	const char *text;

	if (atomic_load(&configured))
		return;
	next = (socket_function *)dlsym(RTLD_NEXT, "socket");
	atomic_store(&next_socket, next ? next : plain_socket);
	smc_preload_find_getsockopt();
	text = getenv("SMC_DEBUG");
	atomic_store(&debug, text && text[0] != '0');
	read_fallback();
	atomic_store(&rcvbuf, size_from("SMC_RCVBUF"));
	atomic_store(&sndbuf, size_from("SMC_SNDBUF"));
	atomic_store(&configured, true);
}

/* The size that the socket has, in the unit that setsockopt() takes. */
static int buffer_size(int fd, int option)
{
	int bytes = 0;
	socklen_t length = sizeof(bytes);

	return smc_preload_getsockopt(fd, SOL_SOCKET, option, &bytes, &length) ? 0 : bytes / 2;
}

/*
 * FORCE comes second: asking for a privilege that is not there leaves a
 * record in the audit log of some systems.
 */
static void set_buffer(int fd, int option, int force, int bytes, const char *name)
{
	struct smc_line line;

	if (!bytes)
		return;
	(void)setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof(bytes));
	if (buffer_size(fd, option) < bytes)
		(void)setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof(bytes));
	if (atomic_load(&debug) && buffer_size(fd, option) < bytes) {
		smc_line_begin(&line);
		smc_line_add(&line, name);
		smc_line_add(&line, " of socket ");
		smc_line_add_number(&line, fd);
		smc_line_add(&line, " is ");
		smc_line_add_number(&line, buffer_size(fd, option));
		smc_line_add(&line, " bytes, not ");
		smc_line_add_number(&line, bytes);
		smc_line_add(&line, option == SO_RCVBUF ? ": net.core.rmem_max" : ": net.core.wmem_max");
		smc_line_add(&line, " is the limit without CAP_NET_ADMIN");
		smc_line_end(&line);
	}
}

static int converted(int fd, int domain, int type)
{
	struct smc_line line;

	set_buffer(fd, SO_RCVBUF, SO_RCVBUFFORCE, atomic_load(&rcvbuf), "SO_RCVBUF");
	set_buffer(fd, SO_SNDBUF, SO_SNDBUFFORCE, atomic_load(&sndbuf), "SO_SNDBUF");
	if (atomic_load(&debug)) {
		begin_result(&line, domain, type, fd);
		smc_line_add(&line, " is now AF_SMC");
		smc_line_end(&line);
	}
	return fd;
}

/* AF_SMC failed, with errno: so does the program, unless its user allowed TCP. */
static int refused(int domain, int type, int protocol)
{
	int why = errno, fd = -1, err = why;
	struct smc_line line;

	if (atomic_load(&fallback)) {
		fd = atomic_load(&next_socket)(domain, type, protocol);
		err = errno;
	}
	if (atomic_load(&debug)) {
		begin_result(&line, domain, type, fd);
		smc_line_add(&line, fd < 0 ? ": " : " stays TCP: ");
		smc_line_add_refusal(&line, why);
		smc_line_end(&line);
	}
	errno = err;
	return fd;
}

/* A stream that looks like TCP and is not: say so, people wonder. */
static void explain_protocol(int domain, int type, int protocol)
{
	struct smc_line line;

	if (!atomic_load(&debug) || (domain != AF_INET && domain != AF_INET6) ||
	    (type & TYPE_MASK) != SOCK_STREAM || protocol == IPPROTO_SMC_PROTOCOL)
		return;
	smc_line_begin(&line);
	add_call(&line, domain, type);
	smc_line_add(&line, ", ");
	smc_line_add_number(&line, protocol);
	smc_line_add(&line, protocol == IPPROTO_MPTCP ? ") is left alone: MPTCP is not TCP"
						      : ") is left alone: not TCP");
	smc_line_end(&line);
}

static bool is_tcp(int domain, int type, int protocol)
{
	return (domain == AF_INET || domain == AF_INET6) && (type & TYPE_MASK) == SOCK_STREAM &&
	       (protocol == 0 || protocol == IPPROTO_TCP);
}

SMC_EXPORT int socket(int domain, int type, int protocol)
{
	int saved = errno, fd;

	smc_preload_configure();
	if (!is_tcp(domain, type, protocol)) {
		explain_protocol(domain, type, protocol);
		return atomic_load(&next_socket)(domain, type, protocol);
	}
	fd = atomic_load(&next_socket)(AF_SMC, type, domain == AF_INET ? SMCPROTO_SMC : SMCPROTO_SMC6);
	fd = fd < 0 ? refused(domain, type, protocol) : converted(fd, domain, type);
	if (fd >= 0)
		errno = saved;
	return fd;
}
