// SPDX-License-Identifier: MIT
/*
 * The library that smc.run has the dynamic linker preload into programs: their
 * TCP sockets become SMC sockets.
 *
 *   socket(AF_INET,  SOCK_STREAM, 0 | IPPROTO_TCP) -> socket(AF_SMC, …, SMCPROTO_SMC)
 *   socket(AF_INET6, SOCK_STREAM, 0 | IPPROTO_TCP) -> socket(AF_SMC, …, SMCPROTO_SMC6)
 *
 * Everything else passes through to the next socket() in the order of symbol
 * lookup, so that other preloaded libraries continue to work. The library also
 * has getsockopt(), in getsockopt.c: the kernel reports success to programs that
 * connect without blocking although the connection failed.
 *
 * Environment, read once at the start of a program (see smc_run(8)):
 *   SMC_DEBUG     set and not beginning with 0: report every socket on stderr
 *   SMC_RCVBUF    SO_RCVBUF of the sockets that are converted, with suffix k or m
 *   SMC_SNDBUF    SO_SNDBUF of them
 *   SMC_FALLBACK  "tcp": give the program TCP if SMC is not available.
 *                 Without it socket() fails, with the kernel's errno.
 *   SMC_PROTOCOL  "inet": IPPROTO_SMC of the program's own family instead of AF_SMC;
 *                 "auto": that only where AF_SMC is denied to the program; "smc": AF_SMC
 *
 * A size is passed to setsockopt(2). The kernel doubles it for its bookkeeping
 * and halves it again for SMC, then rounds up to 16 KiB, 32 KiB, 64 KiB, … (SMC-D: at most 1 MiB):
 * 256k and 200k are a ring of 256 KiB (of which SMC-D uses 32 bytes itself), 8k is
 * one of 16 KiB; by default the size is that of net.smc.rmem and wmem. A size above
 * net.core.[rw]mem_max requires CAP_NET_ADMIN; without it the socket gets the
 * limit. The library does not change the limit, which is system-wide.
 *
 * Programs call socket() from threads, from signal handlers, between vfork()
 * and exec(), and before main(). Therefore the library uses no locks, no stdio and
 * no allocation, and no state except what config.c and next.c wrote once. It works
 * with any libc: glibc and musl have all functions that it uses, with the same names.
 */
#undef _FORTIFY_SOURCE /* only glibc has its checking functions */

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "preload.h"
#include "../common/af_smc.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

#define TYPE_MASK 0xf /* the kernel's SOCK_TYPE_MASK: the rest are flags */

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

/* The size that the socket has, in the unit that setsockopt() takes. */
static int buffer_size(int fd, int option)
{
	int bytes = 0;
	socklen_t length = sizeof(bytes);

	return smc_preload_getsockopt(fd, SOL_SOCKET, option, &bytes, &length) ? 0 : bytes / 2;
}

/*
 * FORCE is tried second: using a privilege that the process does not have
 * leaves a record in the audit log of some systems.
 */
static void set_buffer(int fd, int option, int force, int bytes, const char *name)
{
	struct smc_line line;

	if (!bytes)
		return;
	(void)setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof(bytes));
	if (buffer_size(fd, option) < bytes)
		(void)setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof(bytes));
	if (smc_preload_debug() && buffer_size(fd, option) < bytes) {
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

static int finish_conversion(int fd, int domain, int type, bool inet)
{
	struct smc_line line;

	set_buffer(fd, SO_RCVBUF, SO_RCVBUFFORCE, smc_preload_rcvbuf(), "SO_RCVBUF");
	set_buffer(fd, SO_SNDBUF, SO_SNDBUFFORCE, smc_preload_sndbuf(), "SO_SNDBUF");
	if (smc_preload_debug()) {
		begin_result(&line, domain, type, fd);
		smc_line_add(&line, inet ? " is now IPPROTO_SMC" : " is now AF_SMC");
		smc_line_end(&line);
	}
	return fd;
}

static const char *const errno_names[] = {
	[EPERM] = "EPERM",
	[EACCES] = "EACCES",
	[EMFILE] = "EMFILE",
	[EPROTONOSUPPORT] = "EPROTONOSUPPORT",
	[EAFNOSUPPORT] = "EAFNOSUPPORT",
};

/* Adds the error that the kernel, or a filter, gave in place of an SMC socket. */
static void add_refusal(struct smc_line *line, int err)
{
	smc_line_add(line, smc_preload_protocol() == SMC_PROTOCOL_INET ? "IPPROTO_SMC fails with "
								       : "AF_SMC fails with ");
	if (err > 0 && err < (int)(sizeof(errno_names) / sizeof(errno_names[0])) && errno_names[err]) {
		smc_line_add(line, errno_names[err]);
	} else {
		smc_line_add(line, "errno ");
		smc_line_add_number(line, err);
	}
	smc_line_add(line, ", and smc.system.available() says why");
}

/* There is no SMC socket: returns that error, or a TCP socket if the user allowed TCP. */
static int handle_refusal(int domain, int type, int protocol)
{
	int why = errno, fd = -1, err = why;
	struct smc_line line;

	if (smc_preload_fallback()) {
		fd = smc_preload_socket(domain, type, protocol);
		err = errno;
	}
	if (smc_preload_debug()) {
		begin_result(&line, domain, type, fd);
		smc_line_add(&line, fd < 0 ? ": " : " stays TCP: ");
		add_refusal(&line, why);
		smc_line_end(&line);
	}
	errno = err;
	return fd;
}

/* Reports a stream socket that looks like TCP but is not, since users may expect it to be converted. */
static void explain_protocol(int domain, int type, int protocol)
{
	struct smc_line line;

	if (!smc_preload_debug() || (domain != AF_INET && domain != AF_INET6) ||
	    (type & TYPE_MASK) != SOCK_STREAM || protocol == IPPROTO_SMC)
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

/* Whether socket(AF_SMC) failed because the program cannot use that family, and not for want of resources. */
static bool is_denied(int err)
{
	return err == EAFNOSUPPORT || err == EPERM || err == EACCES;
}

/* An SMC socket in place of TCP; negative: errno says why there is none. *inet: whether it is of IPPROTO_SMC. */
static int open_smc(int domain, int type, bool *inet)
{
	enum smc_protocol protocol = smc_preload_protocol();
	int fd = -1, err = 0;

	*inet = false;
	if (protocol != SMC_PROTOCOL_INET) {
		fd = smc_preload_socket(AF_SMC, type, domain == AF_INET ? SMCPROTO_SMC : SMCPROTO_SMC6);
		err = errno;
	}
	if (fd < 0 && (protocol == SMC_PROTOCOL_INET || (protocol == SMC_PROTOCOL_AUTO && is_denied(err)))) {
		*inet = true;
		fd = smc_preload_socket(domain, type, IPPROTO_SMC);
		if (err)
			errno = err;
	}
	return fd;
}

SMC_EXPORT int socket(int domain, int type, int protocol)
{
	int saved = errno, fd;
	bool inet;

	smc_preload_configure();
	if (!is_tcp(domain, type, protocol)) {
		explain_protocol(domain, type, protocol);
		return smc_preload_socket(domain, type, protocol);
	}
	fd = open_smc(domain, type, &inet);
	fd = fd < 0 ? handle_refusal(domain, type, protocol) : finish_conversion(fd, domain, type, inet);
	if (fd >= 0)
		errno = saved;
	return fd;
}
