// SPDX-License-Identifier: MIT
/*
 * getsockopt() for the programs that the library is preloaded into. It differs from the original only
 * for SO_ERROR of an SMC socket whose connect() failed.
 *
 * A program that connects without blocking waits in poll() or epoll, and then reads SO_ERROR, where 0
 * means that it is connected. When the TCP connection for the handshake fails, smc_connect_work() of
 * the kernel (net/smc/af_smc.c) closes the SMC socket, but passes on only ECONNREFUSED, EPIPE and
 * EAGAIN: for every other error SO_ERROR is 0. This applies to 6.1 and to 6.12 up to 6.12.117; 7.2.13
 * passes on all errors.
 */
#include <errno.h>
#include <limits.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "preload.h"
#include "../common/af_smc.h"

#define TCP_STATE_CLOSE 7 /* TCP_CLOSE of the kernel's include/net/tcp_states.h */

static bool is_socket_of(int fd, int option, int wanted)
{
	int value = 0;
	socklen_t length = sizeof(value);

	return !smc_preload_getsockopt(fd, SOL_SOCKET, option, &value, &length) && value == wanted;
}

static bool is_smc(int fd)
{
	return is_socket_of(fd, SO_DOMAIN, AF_SMC) || is_socket_of(fd, SO_PROTOCOL, IPPROTO_SMC);
}

/*
 * Whether the socket is closed, not readable, not writable and has no error. A socket that was
 * connected and then closed by either side is readable (end of file) or writable (EPIPE); one that is
 * not connected yet is not closed. This uses the system call, since the function poll(2) is a
 * cancellation point and getsockopt() is not. getpeername() cannot be used: kernels before 6.12.113
 * may crash in it.
 */
static bool is_closed(int fd)
{
	struct pollfd look = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP };
	struct timespec now = { 0 };

	return syscall(SYS_ppoll, &look, 1, &now, NULL, 0) == 1 && look.revents == POLLHUP;
}

/* How many times TCP sends the SYN again before it gives up; more if tcp_syn_linear_timeouts is set. */
static int syn_retries(int fd)
{
	int count = 0;
	socklen_t length = sizeof(count);

	return smc_preload_getsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &count, &length) ? INT_MAX : count;
}

/*
 * The error with which connect() of a closed socket failed; 0 if it had succeeded. It is derived from
 * TCP_INFO: an SMC handshake receives bytes from the peer, so without received bytes there was no
 * connection. A peer that refuses the connection sends one segment. Without any segment, TCP either gave
 * up after its last SYN, which is ETIMEDOUT, or received an ICMP or ARP error before. That error is mostly
 * EHOSTUNREACH; it may also be ENETUNREACH, EACCES or ENOPROTOOPT, but programs handle EHOSTUNREACH best:
 * they try another address, or try again later. The result is approximate: if the error arrived when TCP
 * was about to give up, it is ETIMEDOUT here.
 */
static int connect_failure_errno(int fd)
{
	struct tcp_info info;
	socklen_t length = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (smc_preload_getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) ||
	    info.tcpi_state != TCP_STATE_CLOSE || info.tcpi_bytes_received)
		return 0;
	if (info.tcpi_segs_in)
		return ECONNREFUSED;
	return info.tcpi_retransmits >= syn_retries(fd) ? ETIMEDOUT : EHOSTUNREACH;
}

static void log_failure(int fd, int err)
{
	struct smc_line line;

	smc_line_begin(&line);
	smc_line_add(&line, "SO_ERROR of socket ");
	smc_line_add_number(&line, fd);
	smc_line_add(&line, " is set to ");
	if (err == EHOSTUNREACH)
		smc_line_add(&line, "EHOSTUNREACH");
	else
		smc_line_add(&line, err == ETIMEDOUT ? "ETIMEDOUT" : "ECONNREFUSED");
	smc_line_add(&line, ": its connect() failed, but SMC does not report it");
	smc_line_end(&line);
}

/*
 * Unlike SO_ERROR of TCP, reading does not clear this one: the next call returns the error again.
 * From now on connect() on the socket fails with ECONNABORTED; only a new socket can connect.
 */
SMC_EXPORT int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict length)
{
	int saved = errno, err, result;

	smc_preload_configure();
	result = smc_preload_getsockopt(fd, level, option, value, length);
	if (result || level != SOL_SOCKET || option != SO_ERROR || *length != sizeof(err))
		return result;
	memcpy(&err, value, sizeof(err));
	if (!err && is_smc(fd) && is_closed(fd)) {
		err = connect_failure_errno(fd);
		memcpy(value, &err, sizeof(err));
		if (err && smc_preload_debug())
			log_failure(fd, err);
	}
	errno = saved;
	return 0;
}
