// SPDX-License-Identifier: MIT
/*
 * getsockopt() for the programs that the library is preloaded into: as it is, but for SO_ERROR of an
 * SMC socket whose connect() failed.
 *
 * A program that connects without blocking waits in poll() or epoll, and then asks SO_ERROR, where 0
 * means that it is connected. When the TCP connection for the handshake fails, smc_connect_work() of
 * the kernel (net/smc/af_smc.c) closes the SMC socket, but passes on ECONNREFUSED, EPIPE and EAGAIN
 * alone: for every other error SO_ERROR is 0. So it is in 6.1 and in 6.12 up to 6.12.117; 7.2.13
 * passes all errors on.
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

static bool is_smc(int fd)
{
	int domain = 0;
	socklen_t length = sizeof(domain);

	return !smc_preload_getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) && domain == AF_SMC;
}

/*
 * Is the socket closed, with nothing to read, nothing to write to and no error? What was connected
 * once and has been closed by either side can be read (the end) or written (EPIPE); what is not
 * connected yet is not closed. poll(2) by its number, since the function is a point where threads are
 * cancelled, which getsockopt() is not. getpeername() is no way to look: kernels before 6.12.113 may
 * crash in it.
 */
static bool is_closed(int fd)
{
	struct pollfd look = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP };
	struct timespec now = { 0 };

	return syscall(SYS_ppoll, &look, 1, &now, NULL, 0) == 1 && look.revents == POLLHUP;
}

/* How many SYNs are sent again before TCP gives up; more where tcp_syn_linear_timeouts is set. */
static int syn_retries(int fd)
{
	int count = 0;
	socklen_t length = sizeof(count);

	return smc_preload_getsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &count, &length) ? INT_MAX : count;
}

/*
 * Why a closed socket was never connected; 0 when it was. What there is to tell by is the record of
 * the TCP connection: an SMC handshake brings bytes from the peer, so without any there was none. A
 * peer that refuses answers with one segment. Without an answer TCP gave up after its last SYN, which
 * is ETIMEDOUT, or was told before that there is no way to the peer. That is EHOSTUNREACH, mostly
 * (nobody answers ARP; a router, or a firewall's REJECT, says so), and the one of its kin, ENETUNREACH,
 * EACCES and ENOPROTOOPT, that programs know best: they try another address, or later again. It stays
 * approximate: where the news came when TCP was about to give up, it is ETIMEDOUT here.
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
	smc_line_add(&line, " is made ");
	if (err == EHOSTUNREACH)
		smc_line_add(&line, "EHOSTUNREACH");
	else
		smc_line_add(&line, err == ETIMEDOUT ? "ETIMEDOUT" : "ECONNREFUSED");
	smc_line_add(&line, ": its connect() failed, and AF_SMC does not say so");
	smc_line_end(&line);
}

/*
 * Other than SO_ERROR of TCP, this one is not cleared by being asked: the next answer is an error
 * again. connect() on the socket is ECONNABORTED from now on; only a new socket can connect.
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
