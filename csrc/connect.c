// SPDX-License-Identifier: MIT
/*
 * Connecting: one attempt after another, each told as what it became.
 *
 * An attempt is made without blocking and waited for by poll(2). AF_SMC passes only some of the
 * errors of such an attempt on (net/smc/af_smc.c, smc_connect_work): after the others SO_ERROR is
 * 0, as after a success. So a second connect(2) is asked: it answers 0 where the socket is
 * connected, and nothing else counts as a connection. An attempt uses its descriptor up, for the
 * kernel may go on with it, or refuse another one: what follows gets a new descriptor.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "error.h"
#include "sock.h"

/* No errno: the attempt has failed, and the kernel does not say why. */
#define UNEXPLAINED (-1)

/* Seconds that plain TCP has to say why: the kernel gives up a neighbour after three. */
#define CAUSE_SECONDS 5

static const char *connect_strerror(int err)
{
	return err == UNEXPLAINED ? "no connection, the kernel does not say why" : sock_strerror(err);
}

static bool same_address(const union sock_addr *a, const union sock_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_port == b->in.sin_port &&
		       a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return a->in6.sin6_port == b->in6.sin6_port &&
	       a->in6.sin6_scope_id == b->in6.sin6_scope_id &&
	       IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr);
}

static int fail(struct sock *s, int err)
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
	return s->connect_errno ? s->connect_errno : UNEXPLAINED;
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

	return !s->is_tcp &&
	       (recv(s->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != ENOTCONN);
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
		return was_connected(s) ? 0 : UNEXPLAINED;
	default:
		return errno;
	}
}

/* What has become of the attempt under way, without waiting: 0, EALREADY, or why it failed. */
int connect_look(struct sock *s)
{
	struct pollfd pfd = {.fd = s->fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int err = 0;

	if (poll(&pfd, 1, 0) == 0)
		return EALREADY;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
		err = errno;
	if (!err)
		err = ask_again(s);
	else if (err == EPIPE)
		err = UNEXPLAINED;
	if (!err)
		succeed(s);
	else if (err != EALREADY)
		fail(s, err);
	return err;
}

/*
 * Waits for the attempt under way within the timeout: 0, why it failed, or ETIMEDOUT with the
 * attempt still under way. May raise when a signal arrived.
 */
static int finish(lua_State *L, struct sock *s)
{
	int err;

	do {
		err = wait_for(L, s, POLLOUT);
		if (!err)
			err = connect_look(s);
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
		return err ? err : fail(s, UNEXPLAINED);
	s->attempt = ATTEMPT_SETTLED;
	return err == 0 && same_address(&s->peer, addr) ? 0 : EISCONN;
}

/* Begins an attempt on a descriptor without one: 0, EINPROGRESS, or why it failed. */
static int begin(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	int err = 0;

	while (connect(s->fd, &addr->sa, inet_length(addr)) != 0) {
		err = errno;
		if (err != EINTR)
			break;
		smc_interrupted(L);
		err = 0;
	}
	if (err == EINVAL && (was_connected(s) || listens(s)))
		err = EISCONN; /* what TCP says */
	if (err == EISCONN || err == EALREADY)
		return join(L, s, addr, err);
	if (err && err != EINPROGRESS)
		return fail(s, err == EPIPE ? UNEXPLAINED : err);
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
static int attempt(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	bool known = s->attempt != ATTEMPT_NONE && same_address(&s->peer, addr);
	bool goes_on = known && s->attempt == ATTEMPT_UNDER_WAY;
	int err;

	s->waited = POLLOUT;
	if (known && s->attempt == ATTEMPT_LOST)
		return tell_failure(s);
	if (goes_on && s->timeout.deadline == 0)
		return connect_look(s);
	if (!goes_on) {
		err = prepare(L, s, addr->sa.sa_family);
		if (err)
			return fail(s, err);
		err = begin(L, s, addr);
		if (err == ECONNABORTED) { /* used up by others, who gave it to this object */
			err = renew(L, s, addr->sa.sa_family);
			err = err ? fail(s, err) : begin(L, s, addr);
		}
		if (err != EINPROGRESS)
			return err;
	}
	return finish(L, s);
}

/*
 * Why an attempt failed that the kernel does not explain: plain TCP is asked, whose errors it does
 * pass on. 0: TCP gets through by now.
 */
static int ask_tcp(lua_State *L, const struct sock *s, const union sock_addr *addr)
{
	struct sock *probe = sock_new(L, SOCK_MASTER);
	double latest = wait_now() + CAUSE_SECONDS;
	int err;

	probe->is_tcp = true;
	probe->timeout = s->timeout;
	if (probe->timeout.deadline < 0 || probe->timeout.deadline > latest)
		probe->timeout.deadline = latest;
	err = sock_open_tcp(L, probe, s, addr->sa.sa_family);
	if (!err)
		err = begin(L, probe, addr);
	if (err == EINPROGRESS)
		err = finish(L, probe);
	close_fd(probe);
	lua_pop(L, 1);
	return err;
}

/* The same, and where the kernel does not say why it failed, the cause is looked for. */
static int attempt_explained(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	int err = attempt(L, s, addr);

	if (err != UNEXPLAINED || s->is_tcp || s->timeout.deadline == 0)
		return err;
	err = ask_tcp(L, s, addr);
	fail(s, err);
	if (err)
		return err;
	s->attempt = ATTEMPT_FAILED;
	return attempt(L, s, addr);
}

/* Pushes why the attempt under way has failed, in words; nil: it has not. Returns 1. */
int connect_push_error(lua_State *L, struct sock *s)
{
	int err = connect_look(s);

	if (err == EALREADY)
		err = 0;
	if (err)
		s->attempt = ATTEMPT_FAILED;
	if (err)
		lua_pushstring(L, connect_strerror(err));
	else
		lua_pushnil(L);
	return 1;
}

/* A transfer that failed for want of a connection: 0 to try again, now that there is one, or errno. */
int connect_settle(lua_State *L, struct sock *s)
{
	int err;

	switch (s->attempt) {
	case ATTEMPT_NONE:
		return ENOTCONN;
	case ATTEMPT_UNDER_WAY:
		err = s->timeout.deadline == 0 ? connect_look(s) : finish(L, s);
		if (s->attempt == ATTEMPT_LOST)
			s->attempt = ATTEMPT_FAILED;
		return err == UNEXPLAINED ? EPIPE : err == EALREADY ? ETIMEDOUT : err;
	default: /* a connection whose device has gone has none either */
		return EPIPE;
	}
}

/* Where in the list the attempt goes on whose end was not told; without one, at the start. */
static size_t first_of(struct sock *s, const union sock_addr *addrs, size_t count)
{
	size_t i;

	if (s->attempt != ATTEMPT_UNDER_WAY && s->attempt != ATTEMPT_LOST)
		return 0;
	for (i = 0; i < count; i++) {
		if (same_address(&s->peer, &addrs[i]))
			return i;
	}
	return 0;
}

/* Tries the addresses in turn, each within the timeout; a timeout of zero has the time for one. */
static int try_all(lua_State *L, struct sock *s, const union sock_addr *addrs, size_t count)
{
	int err = EADDRNOTAVAIL;
	size_t i;

	for (i = first_of(s, addrs, count); i < count; i++) {
		wait_start(&s->timeout);
		err = attempt_explained(L, s, &addrs[i]);
		if (!err || err == EISCONN || s->timeout.deadline == 0)
			break;
	}
	return err;
}

static bool leads_to_one_of(const struct sock *s, const union sock_addr *addrs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (same_address(&s->peer, &addrs[i]))
			return true;
	}
	return false;
}

/*
 * Connects to one of the addresses: 0 or why not. As on TCP, the first call that asks for the
 * same address once more is told of the success: programs that wait by poll(2) learn of it so.
 * A connection that connect() never told of is given up like an attempt under way.
 */
static int connect_to(lua_State *L, struct sock *s, const union sock_addr *addrs, size_t count)
{
	bool known = s->attempt != ATTEMPT_NONE && leads_to_one_of(s, addrs, count);
	bool told = s->attempt == ATTEMPT_TOLD || s->attempt == ATTEMPT_SETTLED;
	bool goes_on = known && s->attempt == ATTEMPT_UNDER_WAY;
	int err;

	if (s->attempt == ATTEMPT_SETTLED || (told && !known))
		return EISCONN;
	if (known && sock_is_connected(s)) {
		s->attempt = ATTEMPT_SETTLED;
		return 0;
	}
	err = try_all(L, s, addrs, count);
	if (!err)
		s->attempt = goes_on ? ATTEMPT_SETTLED : ATTEMPT_TOLD;
	else if (s->attempt == ATTEMPT_LOST)
		s->attempt = ATTEMPT_FAILED;
	return err;
}

/* Ends an attempt under way: nothing may be sent to its address any more. */
static void give_up(lua_State *L, struct sock *s)
{
	if (s->attempt != ATTEMPT_UNDER_WAY)
		return;
	loops_tell_closing(L, s);
	close_fd(s);
}

/*
 * sock:connect(address, port) → 1 | nil, message. connect(2)
 *
 * A name with several addresses: each is tried in turn, unless the timeout is zero. The object
 * becomes a client, even on failure. After a timeout the attempt goes on: the next call with the
 * same address learns its end, one with another address gives it up. An attempt that has failed
 * can be followed by another.
 */
int sock_connect(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	union sock_addr addrs[INET_MAX_ADDRESSES];
	size_t count = INET_MAX_ADDRESSES;
	int family = s->any_family && s->bound.sa.sa_family == AF_UNSPEC ? AF_UNSPEC : s->family;
	bool resolved = inet_resolve(L, 2, 3, family, false, addrs, &count) == 0;
	int err;

	lua_pushvalue(L, 1);
	sock_set_class(L, s, SOCK_CLIENT);
	lua_pop(L, 1);
	if (!resolved) {
		give_up(L, s);
		return sock_error(L, lua_tostring(L, -1));
	}
	err = connect_to(L, s, addrs, count);
	if (err && option_push_refusal(L, s, err))
		return sock_error(L, lua_tostring(L, -1));
	if (err)
		return sock_error(L, connect_strerror(err));
	lua_pushinteger(L, 1);
	return 1;
}

/* core.connect_errno(sock) → errno of the last attempt that failed | nil where there is none */
int core_connect_errno(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);

	if ((s->attempt != ATTEMPT_FAILED && s->attempt != ATTEMPT_LOST) || s->connect_errno == 0)
		lua_pushnil(L);
	else
		lua_pushinteger(L, s->connect_errno);
	return 1;
}
