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

/* The attempt has failed. Gives the errno back. */
int attempt_record_failure(struct sock *s, int err)
{
	s->attempt = ATTEMPT_FAILED_UNREPORTED;
	s->connect_errno = err > 0 ? err : 0;
	s->local.sa.sa_family = AF_UNSPEC;
	return err;
}

/* The errno of an attempt that has failed, which is reported with it. */
static int report_failure(struct sock *s)
{
	s->attempt = ATTEMPT_FAILED;
	return s->connect_errno ? s->connect_errno : ATTEMPT_UNEXPLAINED;
}

/* The attempt has become a connection. Every address of this host: the kernel knows which one. */
static void record_success(struct sock *s)
{
	s->attempt = ATTEMPT_CONNECTED;
	s->awaited_events = 0;
	if (address_is_any(&s->peer))
		sock_query_peer_name(s);
}

/* Whether an SMC socket is or was connected: recv(2) knows, which it does not for TCP. */
static bool was_connected(const struct sock *s)
{
	char byte;

	return !s->is_tcp && (recv(s->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != ENOTCONN);
}

/* Whether this is a listener. SMC has the state's number from TCP. */
static bool is_listening(const struct sock *s)
{
	socklen_t len = sizeof(int);
	int yes = 0;

	return getsockopt(s->fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 && yes;
}

/*
 * What connect(2), asked again, says of an attempt that has no error to report: 0 connected,
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

/* What has become of the attempt in progress, without waiting: 0, EALREADY, or why it failed. */
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

/* An answer of connect(2) for a descriptor that others have connected, or begun to connect. */
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

/* Begins an attempt on a descriptor without one: 0, EINPROGRESS, or why it failed. */
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

/* A new descriptor, bound where the object was bound. Returns 0 or errno. */
static int open_bound(lua_State *L, struct sock *s, int family)
{
	int err = sock_open(L, s, family);

	if (!err && s->bound.sa.sa_family != AF_UNSPEC &&
	    bind(s->fd, &s->bound.sa, address_length(&s->bound)) != 0)
		err = errno;
	return err;
}

/* A new descriptor in place of one that is used up. */
static int replace_descriptor(lua_State *L, struct sock *s, int family)
{
	event_loop_close_descriptor(L, s);
	return open_bound(L, s, family);
}

/* Sees to it that the socket has a descriptor on which no attempt was made. */
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
		if (err == ECONNABORTED) { /* used up by others, who gave it to this object */
			err = replace_descriptor(L, s, addr->sa.sa_family);
			err = err ? attempt_record_failure(s, err) : attempt_start(L, s, addr);
		}
		if (err != EINPROGRESS)
			return err;
	}
	return attempt_wait(L, s);
}

/* Pushes why the attempt in progress has failed, in words; nil: it has not. Returns 1. */
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

/* A transfer failed because there was no connection: 0 to try again, now that there is one, or errno. */
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
	default: /* a connection whose device has gone has none either */
		return EPIPE;
	}
}
