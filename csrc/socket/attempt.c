// SPDX-License-Identifier: MIT
/*
 * One attempt to connect, and its result.
 *
 * An attempt is non-blocking, and poll(2) waits for it. AF_SMC reports only some of the errors of
 * such an attempt (net/smc/af_smc.c, smc_connect_work): after other errors SO_ERROR is 0, as after a
 * success. So connect(2) is called again: only if it returns 0, the socket is connected. A descriptor
 * is used for only one attempt, since the kernel may continue with that attempt, or reject another
 * one: the next attempt uses a new descriptor.
 */
#include <errno.h>
#include <poll.h>

#include "attempt.h"
#include "../common/lua_util.h"

/* Records that the attempt has failed. Returns the errno. */
int attempt_record_failure(struct sock *s, int err)
{
	s->attempt = ATTEMPT_FAILED_UNREPORTED;
	s->connect_errno = err > 0 ? err : 0;
	s->local.sa.sa_family = AF_UNSPEC;
	return err;
}

/* Returns the errno of an attempt that has failed; from now on it counts as reported. */
static int report_failure(struct sock *s)
{
	s->attempt = ATTEMPT_FAILED;
	return s->connect_errno ? s->connect_errno : ATTEMPT_UNEXPLAINED;
}

/*
 * Records that the attempt has succeeded. If the address was the wildcard address, asks the kernel which address it
 * connected to.
 */
static void record_success(struct sock *s)
{
	s->attempt = ATTEMPT_CONNECTED;
	s->awaited_events = 0;
	if (address_is_any(&s->peer))
		sock_query_peer_name(s);
}

/* Whether an SMC socket is or was connected: recv(2) tells. For a TCP socket it does not. */
static bool was_connected(const struct sock *s)
{
	char byte;

	return !s->is_tcp && (recv(s->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != ENOTCONN);
}

/* Whether the socket listens. SMC uses the same number for this state as TCP. */
static bool is_listening(const struct sock *s)
{
	socklen_t len = sizeof(int);
	int yes = 0;

	return getsockopt(s->fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 && yes;
}

/*
 * What a second connect(2) says about an attempt without a pending error: 0 connected,
 * EALREADY in progress, or why it failed. SMC answers EINVAL in the states that follow a connection,
 * and ECONNABORTED both for one that has ended and for one that never was.
 */
static int repeat_connect(const struct sock *s)
{
	if (connect(s->fd, &s->peer.sa, address_length(&s->peer)) == 0)
		return 0;
	switch (errno) {
	case EISCONN:
		return 0;
	case EINPROGRESS:
	case EINTR:
		return EALREADY;
	case EINVAL:
	case ECONNABORTED:
		return was_connected(s) ? 0 : ATTEMPT_UNEXPLAINED;
	default:
		return errno;
	}
}

/* The state of the attempt in progress, without waiting: 0, EALREADY, or why it failed. */
int attempt_check(struct sock *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int err = 0;

	if (poll(&pfd, 1, 0) == 0)
		return EALREADY;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
		err = errno;
	if (!err)
		err = repeat_connect(s);
	else if (err == EPIPE)
		err = ATTEMPT_UNEXPLAINED;
	if (!err)
		record_success(s);
	else if (err != EALREADY)
		attempt_record_failure(s, err);
	return err;
}

/*
 * Waits for the attempt in progress within the timeout: 0, why it failed, or ETIMEDOUT with the
 * attempt still in progress. May raise when a signal arrived.
 */
int attempt_wait(lua_State *L, struct sock *s)
{
	int err;

	do {
		err = timeout_wait(L, s, POLLOUT);
		if (!err)
			err = attempt_check(s);
	} while (err == EALREADY);
	return err;
}

/* Handles the result of connect(2) on a descriptor that other code has connected or begun to connect. */
static int adopt_connection(lua_State *L, struct sock *s, const union sock_addr *addr, int err)
{
	if (err == EALREADY && s->timeout.deadline == 0)
		return EALREADY;
	if (err == EALREADY)
		err = timeout_wait(L, s, POLLOUT);
	if (err && err != EISCONN)
		return err;
	if (!sock_query_peer_name(s))
		return err ? err : attempt_record_failure(s, ATTEMPT_UNEXPLAINED);
	s->attempt = ATTEMPT_DONE;
	return err == 0 && address_equal(&s->peer, addr) ? 0 : EISCONN;
}

/* Starts an attempt on an unused descriptor: 0, EINPROGRESS, or why it failed. */
int attempt_start(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	int err = 0;

	while (connect(s->fd, &addr->sa, address_length(addr)) != 0) {
		err = errno;
		if (err != EINTR)
			break;
		smc_run_signal_hooks(L);
		err = 0;
	}
	if (err == EINVAL && (was_connected(s) || is_listening(s)))
		err = EISCONN; /* what TCP says */
	if (err == EISCONN || err == EALREADY)
		return adopt_connection(L, s, addr, err);
	if (err && err != EINPROGRESS)
		return attempt_record_failure(s, err == EPIPE ? ATTEMPT_UNEXPLAINED : err);
	s->peer = *addr;
	s->attempt = ATTEMPT_IN_PROGRESS;
	sock_record_local_name(s);
	if (!err)
		record_success(s);
	return err;
}

/* Creates a descriptor, bound to the address that the object was bound to. Returns 0 or an errno. */
static int open_bound(lua_State *L, struct sock *s, int family)
{
	int err = sock_open(L, s, family);

	if (!err && s->bound.sa.sa_family != AF_UNSPEC &&
	    bind(s->fd, &s->bound.sa, address_length(&s->bound)) != 0)
		err = errno;
	return err;
}

/* Replaces a descriptor that cannot be used again. */
static int replace_descriptor(lua_State *L, struct sock *s, int family)
{
	event_loop_close_descriptor(L, s);
	return open_bound(L, s, family);
}

/* Ensures that the socket has a descriptor on which no attempt was made. */
static int ensure_unused_descriptor(lua_State *L, struct sock *s, int family)
{
	if (s->fd < 0)
		return open_bound(L, s, family);
	return s->attempt == ATTEMPT_NONE ? 0 : replace_descriptor(L, s, family);
}

/* One attempt to connect to one address: 0, ETIMEDOUT (in progress), or why it failed. */
int attempt_connect(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	bool known = s->attempt != ATTEMPT_NONE && address_equal(&s->peer, addr);
	bool goes_on = known && s->attempt == ATTEMPT_IN_PROGRESS;
	int err;

	s->awaited_events = POLLOUT;
	if (known && s->attempt == ATTEMPT_FAILED_UNREPORTED)
		return report_failure(s);
	if (goes_on && s->timeout.deadline == 0)
		return attempt_check(s);
	if (!goes_on) {
		err = ensure_unused_descriptor(L, s, addr->sa.sa_family);
		if (err)
			return attempt_record_failure(s, err);
		err = attempt_start(L, s, addr);
		if (err == ECONNABORTED) { /* other code had used it before it came to this object */
			err = replace_descriptor(L, s, addr->sa.sa_family);
			err = err ? attempt_record_failure(s, err) : attempt_start(L, s, addr);
		}
		if (err != EINPROGRESS)
			return err;
	}
	return attempt_wait(L, s);
}

/* Pushes the message for the failure of the attempt in progress; nil if it has not failed. Returns 1. */
int attempt_push_error(lua_State *L, struct sock *s)
{
	int err = attempt_check(s);

	if (err && err != EALREADY) {
		s->attempt = ATTEMPT_FAILED;
		lua_pushstring(L, attempt_strerror(err));
	} else {
		lua_pushnil(L);
	}
	return 1;
}

/* After a transfer failed for lack of a connection: 0 if there is one now and to try again, or an errno. */
int attempt_await_connection(lua_State *L, struct sock *s)
{
	int err;

	switch (s->attempt) {
	case ATTEMPT_NONE:
		return ENOTCONN;
	case ATTEMPT_IN_PROGRESS:
		err = s->timeout.deadline == 0 ? attempt_check(s) : attempt_wait(L, s);
		if (s->attempt == ATTEMPT_FAILED_UNREPORTED)
			s->attempt = ATTEMPT_FAILED;
		return err == ATTEMPT_UNEXPLAINED ? EPIPE : err == EALREADY ? ETIMEDOUT : err;
	default: /* nor has a connection whose device was removed */
		return EPIPE;
	}
}
