// SPDX-License-Identifier: MIT
/*
 * sock:connect: the addresses of a name tried in turn, and the causes of failures found.
 */
#include <errno.h>

#include "attempt.h"

/* Seconds that plain TCP has to say why: the kernel gives up a neighbour after three, if not busy. */
#define CAUSE_SECONDS 10

/*
 * Why an attempt failed that the kernel does not explain: plain TCP is asked, whose errors it does
 * pass on. 0: TCP gets through by now. A probe that runs out of its own seconds, and not of the
 * caller's, has found nothing: the caller's time is not over.
 */
static int ask_tcp(lua_State *L, const struct sock *s, const union sock_addr *addr)
{
	struct sock *probe = sock_new(L, SOCK_MASTER);
	double latest = wait_now() + CAUSE_SECONDS;
	bool limited;
	int err;

	probe->is_tcp = true;
	probe->timeout = s->timeout;
	limited = probe->timeout.deadline < 0 || probe->timeout.deadline > latest;
	if (limited)
		probe->timeout.deadline = latest;
	err = sock_open_tcp(L, probe, s, addr->sa.sa_family);
	if (!err)
		err = attempt_begin(L, probe, addr);
	if (err == EINPROGRESS)
		err = attempt_finish(L, probe);
	close_fd(probe);
	lua_pop(L, 1);
	if (err == ETIMEDOUT && limited)
		return ATTEMPT_UNEXPLAINED;
	return err;
}

/* The same, and where the kernel does not say why it failed, the cause is looked for. */
static int attempt_explained(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	int err = attempt_make(L, s, addr);

	if (err != ATTEMPT_UNEXPLAINED || s->is_tcp || s->timeout.deadline == 0)
		return err;
	err = ask_tcp(L, s, addr);
	attempt_fail(s, err);
	if (err)
		return err;
	s->attempt = ATTEMPT_FAILED;
	return attempt_make(L, s, addr);
}

/* Where in the list the address of the last attempt is; count where it is not there. */
static size_t index_of_peer(const struct sock *s, const union sock_addr *addrs, size_t count)
{
	size_t i = 0;

	while (i < count && !inet_equal(&s->peer, &addrs[i]))
		i++;
	return i;
}

/* Where in the list the attempt goes on whose end was not told; without one, at the start. */
static size_t first_of(const struct sock *s, const union sock_addr *addrs, size_t count)
{
	size_t i = index_of_peer(s, addrs, count);

	return (s->attempt == ATTEMPT_UNDER_WAY || s->attempt == ATTEMPT_LOST) && i < count ? i : 0;
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

/*
 * Connects to one of the addresses: 0 or why not. As on TCP, the first call that asks for the
 * same address once more is told of the success: programs that wait by poll(2) learn of it so.
 * A connection that connect() never told of is given up like an attempt under way.
 */
static int connect_to(lua_State *L, struct sock *s, const union sock_addr *addrs, size_t count)
{
	bool known = s->attempt != ATTEMPT_NONE && index_of_peer(s, addrs, count) < count;
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
		return sock_error(L, attempt_strerror(err));
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
