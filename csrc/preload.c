// SPDX-License-Identifier: MIT
/*
 * The library that smc.run has the dynamic linker preload into programs: their
 * TCP sockets become SMC sockets.
 *
 *   socket(AF_INET,  SOCK_STREAM, 0 | IPPROTO_TCP) -> socket(AF_SMC, …, SMCPROTO_SMC)
 *   socket(AF_INET6, SOCK_STREAM, 0 | IPPROTO_TCP) -> socket(AF_SMC, …, SMCPROTO_SMC6)
 *
 * Everything else passes through, to the socket() that is next in the order of
 * symbol lookup, so that other preloaded libraries go on working.
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

#include "smc.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#define IPPROTO_SMC_PROTOCOL 256 /* IPPROTO_SMC: SMC already, since kernel 6.11 */

#define TYPE_MASK 0xf          /* the kernel's SOCK_TYPE_MASK: the rest are flags */
#define MAX_SIZE  (1 << 30)    /* the kernel doubles it, in an int */

typedef int socket_function(int domain, int type, int protocol);

/* Atomic, since the first calls may race: each writes the same values. */
static _Atomic(socket_function *) next_socket;
static atomic_int debug, fallback, rcvbuf, sndbuf;
static atomic_bool configured;

/* One line on stderr, built here and written at once. */
struct line {
	size_t used;
	char text[256];
};

static void add(struct line *line, const char *text)
{
	while (*text && line->used < sizeof(line->text) - 1)
		line->text[line->used++] = *text++;
}

static void add_number(struct line *line, long number)
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
	add(line, p);
}

static void begin(struct line *line)
{
	line->used = 0;
	add(line, "smc: pid ");
	add_number(line, getpid());
	add(line, ": ");
}

static void add_call(struct line *line, int domain, int type)
{
	add(line, domain == AF_INET ? "socket(AF_INET" : "socket(AF_INET6");
	add(line, ", SOCK_STREAM");
	if (type & SOCK_NONBLOCK)
		add(line, "|SOCK_NONBLOCK");
	if (type & SOCK_CLOEXEC)
		add(line, "|SOCK_CLOEXEC");
}

static void begin_result(struct line *line, int domain, int type, int fd)
{
	begin(line);
	add_call(line, domain, type);
	add(line, ") = ");
	add_number(line, fd);
}

/* A program that closed its standard error may have a connection there, where our text is data. */
static bool stderr_is_connection(void)
{
	int domain;
	socklen_t length = sizeof(domain);

	return !getsockopt(STDERR_FILENO, SOL_SOCKET, SO_DOMAIN, &domain, &length) &&
	       domain != AF_UNIX;
}

/* Leaves errno alone. */
static void end(struct line *line)
{
	int saved = errno;
	ssize_t written; /* that nobody listens is no reason to fail */

	line->text[line->used++] = '\n'; /* add() leaves room for it */
	if (!stderr_is_connection()) {
		written = write(STDERR_FILENO, line->text, line->used);
		(void)written;
	}
	errno = saved;
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
	struct line line;
	int bytes;

	if (!text || !*text)
		return 0;
	bytes = read_size(text);
	if (!bytes && atomic_load(&debug)) {
		begin(&line);
		add(&line, name);
		add(&line, " is ignored, being no size in bytes (suffix k or m): ");
		add(&line, text);
		end(&line);
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
	struct line line;

	if (!text || !*text)
		return;
	atomic_store(&fallback, text[0] == 't' && text[1] == 'c' && text[2] == 'p' && !text[3]);
	if (atomic_load(&debug) && !atomic_load(&fallback)) {
		begin(&line);
		add(&line, "SMC_FALLBACK is ignored, not being tcp: ");
		add(&line, text);
		end(&line);
	}
}

/*
 * Runs before main(), and earlier for a library whose own start-up code opens
 * a socket. Neither dlsym() nor getenv() is called after that.
 */
__attribute__((constructor)) static void configure(void)
{
	socket_function *next;
	const char *text;

	if (atomic_load(&configured))
		return;
	next = (socket_function *)dlsym(RTLD_NEXT, "socket");
	atomic_store(&next_socket, next ? next : plain_socket);
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

	return getsockopt(fd, SOL_SOCKET, option, &bytes, &length) ? 0 : bytes / 2;
}

/*
 * FORCE comes second: asking for a privilege that is not there leaves a
 * record in the audit log of some systems.
 */
static void set_buffer(int fd, int option, int force, int bytes, const char *name)
{
	struct line line;

	if (!bytes)
		return;
	(void)setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof(bytes));
	if (buffer_size(fd, option) < bytes)
		(void)setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof(bytes));
	if (atomic_load(&debug) && buffer_size(fd, option) < bytes) {
		begin(&line);
		add(&line, name);
		add(&line, " of socket ");
		add_number(&line, fd);
		add(&line, " is ");
		add_number(&line, buffer_size(fd, option));
		add(&line, " bytes, not ");
		add_number(&line, bytes);
		add(&line, option == SO_RCVBUF ? ": net.core.rmem_max" : ": net.core.wmem_max");
		add(&line, " is the limit without CAP_NET_ADMIN");
		end(&line);
	}
}

static int converted(int fd, int domain, int type)
{
	struct line line;

	set_buffer(fd, SO_RCVBUF, SO_RCVBUFFORCE, atomic_load(&rcvbuf), "SO_RCVBUF");
	set_buffer(fd, SO_SNDBUF, SO_SNDBUFFORCE, atomic_load(&sndbuf), "SO_SNDBUF");
	if (atomic_load(&debug)) {
		begin_result(&line, domain, type, fd);
		add(&line, " is now AF_SMC");
		end(&line);
	}
	return fd;
}

static void add_reason(struct line *line, int err)
{
	switch (err) {
	case EAFNOSUPPORT:
		add(line, "SMC is not in this kernel, or not loaded (modprobe smc)");
		break;
	case EPERM:
	case EACCES:
		add(line, "AF_SMC is forbidden here, by seccomp or a security module");
		break;
	default:
		add(line, "AF_SMC fails with errno ");
		add_number(line, err);
	}
}

/* AF_SMC failed, with errno: so does the program, unless its user allowed TCP. */
static int refused(int domain, int type, int protocol)
{
	int why = errno, fd = -1, err = why;
	struct line line;

	if (atomic_load(&fallback)) {
		fd = atomic_load(&next_socket)(domain, type, protocol);
		err = errno;
	}
	if (atomic_load(&debug)) {
		begin_result(&line, domain, type, fd);
		add(&line, fd < 0 ? ": " : " stays TCP: ");
		add_reason(&line, why);
		end(&line);
	}
	errno = err;
	return fd;
}

/* A stream that looks like TCP and is not: say so, people wonder. */
static void explain_protocol(int domain, int type, int protocol)
{
	struct line line;

	if (!atomic_load(&debug) || (domain != AF_INET && domain != AF_INET6) ||
	    (type & TYPE_MASK) != SOCK_STREAM || protocol == IPPROTO_SMC_PROTOCOL)
		return;
	begin(&line);
	add_call(&line, domain, type);
	add(&line, ", ");
	add_number(&line, protocol);
	add(&line, protocol == IPPROTO_MPTCP ? ") is left alone: MPTCP is not TCP" :
					       ") is left alone: not TCP");
	end(&line);
}

static bool is_tcp(int domain, int type, int protocol)
{
	return (domain == AF_INET || domain == AF_INET6) && (type & TYPE_MASK) == SOCK_STREAM &&
	       (protocol == 0 || protocol == IPPROTO_TCP);
}

SMC_EXPORT int socket(int domain, int type, int protocol)
{
	int saved = errno, fd;

	if (!atomic_load(&configured))
		configure();
	if (!is_tcp(domain, type, protocol)) {
		explain_protocol(domain, type, protocol);
		return atomic_load(&next_socket)(domain, type, protocol);
	}
	fd = atomic_load(&next_socket)(AF_SMC, type,
				       domain == AF_INET ? SMCPROTO_SMC : SMCPROTO_SMC6);
	fd = fd < 0 ? refused(domain, type, protocol) : converted(fd, domain, type);
	if (fd >= 0)
		errno = saved;
	return fd;
}
