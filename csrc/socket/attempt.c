// SPDX-License-Identifier: MIT
/*
 * One attempt to connect, told as what it became.
 *
 * An attempt is made without blocking and waited for by poll(2). AF_SMC passes only some of the
 * errors of such an attempt on (net/smc/af_smc.c, smc_connect_work): after the others SO_ERROR is
 * 0, as after a success. So a second connect(2) is asked: it answers 0 where the socket is
 * connected, and nothing else counts as a connection. An attempt uses its descriptor up, for the
 * kernel may go on with it, or refuse another one: what follows gets a new descriptor.
 */
#include <errno.h>
#include <poll.h>

#include "attempt.h"
#include "../common/lua_util.h"

/* The attempt has failed. Gives the errno back. */
int attempt_fail(struct sock *s, int err)
{
	s->attempt = ATTEMPT_LOST;
	s->connect_errno = err > 0 ? err : 0;
	s->local.sa.sa_family = AF_UNSPEC;
	return err;
}

/* The errno of an attempt that has failed: its end is told. */
static int tell_failure(struct sock *s)
{
	s->attempt = ATTEMPT_FAILED;
	return s->connect_errno ? s->connect_errno : ATTEMPT_UNEXPLAINED;
}

/* The attempt has become a connection. Every address of this host: the kernel knows which one. */
static void succeed(struct sock *s)
{
	s->attempt = ATTEMPT_MADE;
	s->waited = 0;
	if (inet_is_any(&s->peer))
		sock_ask_peer(s);
}

/* Whether an SMC socket is or was connected: recv(2) tells, which for TCP it does not. */
static bool was_connected(const struct sock *s)
{
	char byte;

	return !s->is_tcp && (recv(s->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != ENOTCONN);
}

/* Whether this is a listener. SMC has the state's number from TCP. */
static bool listens(const struct sock *s)
{
	socklen_t len = sizeof(int);
	int yes = 0;

	return getsockopt(s->fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 && yes;
}

/*
 * What connect(2), asked again, says of an attempt that has no error to tell: 0 connected,
 * EALREADY under way, or why it failed. SMC answers EINVAL in the states that follow a connection,
 * and ECONNABORTED both for one that has ended and for one that never was.
 */
static int ask_again(const struct sock *s)
{
	if (connect(s->fd, &s->peer.sa, inet_length(&s->peer)) == 0)
		return 0;
	switch (errno) {
	case EISCONN:
		return 0;
	case EINPROGRESS:
		return EALREADY;
	case EINVAL:
	case ECONNABORTED:
		return was_connected(s) ? 0 : ATTEMPT_UNEXPLAINED;
	default:
		return errno;
	}
}

/* What has become of the attempt under way, without waiting: 0, EALREADY, or why it failed. */
int attempt_look(struct sock *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int err = 0;

	if (poll(&pfd, 1, 0) == 0)
		return EALREADY;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
		err = errno;
	if (!err)
		err = ask_again(s);
	else if (err == EPIPE)
		err = ATTEMPT_UNEXPLAINED;
	if (!err)
		succeed(s);
	else if (err != EALREADY)
		attempt_fail(s, err);
	return err;
}

/*
 * Waits for the attempt under way within the timeout: 0, why it failed, or ETIMEDOUT with the
 * attempt still under way. May raise when a signal arrived.
 */
int attempt_finish(lua_State *L, struct sock *s)
{
	int err;

	do {
		err = wait_for(L, s, POLLOUT);
		if (!err)
			err = attempt_look(s);
	} while (err == EALREADY);
	return err;
}

/* An answer of connect(2) for a descriptor that others have connected, or begun to connect. */
static int join(lua_State *L, struct sock *s, const union sock_addr *addr, int err)
{
	if (err == EALREADY && s->timeout.deadline == 0)
		return EALREADY;
	if (err == EALREADY)
		err = wait_for(L, s, POLLOUT);
	if (err && err != EISCONN)
		return err;
	if (!sock_ask_peer(s))
		return err ? err : attempt_fail(s, ATTEMPT_UNEXPLAINED);
	s->attempt = ATTEMPT_SETTLED;
	return err == 0 && inet_equal(&s->peer, addr) ? 0 : EISCONN;
}

/* Begins an attempt on a descriptor without one: 0, EINPROGRESS, or why it failed. */
int attempt_begin(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	int err = 0;

	while (connect(s->fd, &addr->sa, inet_length(addr)) != 0) {
		err = errno;
		if (err != EINTR)
			break;
		smc_run_signal_hooks(L);
		err = 0;
	}
	if (err == EINVAL && (was_connected(s) || listens(s)))
		err = EISCONN; /* what TCP says */
	if (err == EISCONN || err == EALREADY)
		return join(L, s, addr, err);
	if (err && err != EINPROGRESS)
		return attempt_fail(s, err == EPIPE ? ATTEMPT_UNEXPLAINED : err);
	s->peer = *addr;
	s->attempt = ATTEMPT_UNDER_WAY;
	sock_note_local(s);
	if (!err)
		succeed(s);
	return err;
}

/* A new descriptor, bound where the object was bound. Returns 0 or errno. */
static int open_bound(lua_State *L, struct sock *s, int family)
{
	int err = sock_open(L, s, family);

	if (!err && s->bound.sa.sa_family != AF_UNSPEC &&
	    bind(s->fd, &s->bound.sa, inet_length(&s->bound)) != 0)
		err = errno;
	return err;
}

/* A new descriptor in place of one that is used up. */
static int renew(lua_State *L, struct sock *s, int family)
{
	loops_tell_closing(L, s);
	close_fd(s);
	return open_bound(L, s, family);
}

/* Sees to it that the socket has a descriptor on which no attempt was made. */
static int prepare(lua_State *L, struct sock *s, int family)
{
	if (s->fd < 0)
		return open_bound(L, s, family);
	return s->attempt == ATTEMPT_NONE ? 0 : renew(L, s, family);
}

/* One attempt to connect to one address: 0, ETIMEDOUT (under way), or why it failed. */
int attempt_make(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	bool known = s->attempt != ATTEMPT_NONE && inet_equal(&s->peer, addr);
	bool goes_on = known && s->attempt == ATTEMPT_UNDER_WAY;
	int err;

	s->waited = POLLOUT;
	if (known && s->attempt == ATTEMPT_LOST)
		return tell_failure(s);
	if (goes_on && s->timeout.deadline == 0)
		return attempt_look(s);
	if (!goes_on) {
		err = prepare(L, s, addr->sa.sa_family);
		if (err)
			return attempt_fail(s, err);
		err = attempt_begin(L, s, addr);
		if (err == ECONNABORTED) { /* used up by others, who gave it to this object */
			err = renew(L, s, addr->sa.sa_family);
			err = err ? attempt_fail(s, err) : attempt_begin(L, s, addr);
		}
		if (err != EINPROGRESS)
			return err;
	}
	return attempt_finish(L, s);
}

/* Pushes why the attempt under way has failed, in words; nil: it has not. Returns 1. */
int attempt_push_error(lua_State *L, struct sock *s)
{
	int err = attempt_look(s);

	if (err && err != EALREADY) {
		s->attempt = ATTEMPT_FAILED;
		lua_pushstring(L, attempt_strerror(err));
	} else {
		lua_pushnil(L);
	}
	return 1;
}

/* A transfer that failed for want of a connection: 0 to try again, now that there is one, or errno. */
int attempt_settle(lua_State *L, struct sock *s)
{
	int err;

	switch (s->attempt) {
	case ATTEMPT_NONE:
		return ENOTCONN;
	case ATTEMPT_UNDER_WAY:
		err = s->timeout.deadline == 0 ? attempt_look(s) : attempt_finish(L, s);
		if (s->attempt == ATTEMPT_LOST)
			s->attempt = ATTEMPT_FAILED;
		return err == ATTEMPT_UNEXPLAINED ? EPIPE : err == EALREADY ? ETIMEDOUT : err;
	default: /* a connection whose device has gone has none either */
		return EPIPE;
	}
}
