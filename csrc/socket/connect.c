// SPDX-License-Identifier: MIT
/*
 * sock:connect: the addresses of a name tried in turn, and the causes of failures found.
 */
#include <errno.h>

#include "attempt.h"

/***
 * Connecting.
 * @module smc.socket
 */

/* Seconds that plain TCP has to say why: the kernel gives up a neighbour after three, if not busy. */
#define CAUSE_SECONDS 10

/*
 * Finds out why an attempt failed if the kernel does not report it: connects with plain TCP, whose
 * errors the kernel does report. 0: the TCP connection succeeded. If the probe exceeds its own limit,
 * but not the caller's, the cause stays unknown.
 */
static int find_cause_by_tcp(lua_State *L, const struct sock *s, const union sock_addr *addr)
{
	struct sock *probe = sock_new(L, SOCK_MASTER);
	double latest = timeout_now() + CAUSE_SECONDS;
	bool limited;
	int err;

	probe->is_tcp = true;
	probe->timeout = s->timeout;
	limited = probe->timeout.deadline < 0 || probe->timeout.deadline > latest;
	if (limited)
		probe->timeout.deadline = latest;
	err = sock_open_tcp(L, probe, s, addr->sa.sa_family);
	if (!err)
		err = attempt_start(L, probe, addr);
	if (err == EINPROGRESS)
		err = attempt_wait(L, probe);
	sock_close_descriptor(probe);
	lua_pop(L, 1);
	if (err == ETIMEDOUT && limited)
		return ATTEMPT_UNEXPLAINED;
	return err;
}

/* The same, and where the kernel does not say why it failed, the cause is looked for. */
static int connect_explained(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	int err = attempt_connect(L, s, addr);

	if (err != ATTEMPT_UNEXPLAINED || s->is_tcp || s->timeout.deadline == 0)
		return err;
	err = find_cause_by_tcp(L, s, addr);
	attempt_record_failure(s, err);
	if (err)
		return err;
	s->attempt = ATTEMPT_FAILED;
	return attempt_connect(L, s, addr);
}

/* Where in the list the address of the last attempt is; its length where it is not there. */
static size_t index_of_peer(const struct sock *s, const struct address_list *list)
{
	size_t i = 0;

	while (i < list->count && !address_equal(&s->peer, &list->at[i]))
		i++;
	return i;
}

/* Where in the list the attempt goes on whose end was not reported; without one, at the start. */
static size_t index_to_resume(const struct sock *s, const struct address_list *list)
{
	size_t i = index_of_peer(s, list);

	if (s->attempt != ATTEMPT_IN_PROGRESS && s->attempt != ATTEMPT_FAILED_UNREPORTED)
		return 0;
	return i < list->count ? i : 0;
}

/* Tries the addresses in turn, each within the timeout; a timeout of zero has the time for one. */
static int try_addresses(lua_State *L, struct sock *s, const struct address_list *list)
{
	int err = EADDRNOTAVAIL;
	size_t i;

	for (i = index_to_resume(s, list); i < list->count; i++) {
		timeout_start(&s->timeout);
		err = connect_explained(L, s, &list->at[i]);
		if (!err || err == EISCONN || s->timeout.deadline == 0)
			break;
	}
	return err;
}

/*
 * Connects to one of the addresses: 0 or why not. As on TCP, the first call that asks for the
 * same address once more reports the success: programs that wait by poll(2) learn of it so.
 * A connection that connect() never reported is given up like an attempt in progress.
 */
static int connect_to_any(lua_State *L, struct sock *s, const struct address_list *list)
{
	bool known = s->attempt != ATTEMPT_NONE && index_of_peer(s, list) < list->count;
	bool reported = s->attempt == ATTEMPT_REPORTED || s->attempt == ATTEMPT_DONE;
	bool goes_on = known && s->attempt == ATTEMPT_IN_PROGRESS;
	int err;

	if (s->attempt == ATTEMPT_DONE || (reported && !known))
		return EISCONN;
	if (known && sock_is_connected(s)) {
		s->attempt = ATTEMPT_DONE;
		return 0;
	}
	err = try_addresses(L, s, list);
	if (!err)
		s->attempt = goes_on ? ATTEMPT_DONE : ATTEMPT_REPORTED;
	else if (s->attempt == ATTEMPT_FAILED_UNREPORTED)
		s->attempt = ATTEMPT_FAILED;
	return err;
}

/* Ends an attempt in progress: nothing may be sent to its address any more. */
static void abandon_attempt(lua_State *L, struct sock *s)
{
	if (s->attempt != ATTEMPT_IN_PROGRESS)
		return;
	event_loop_close_descriptor(L, s);
}

/***
 * Connects to a peer. See connect(2).
 *
 * The addresses of a name are tried in turn, each within the timeout; with a timeout of zero only
 * one of them. The object becomes a client, also when this fails. After a timeout the attempt goes
 * on: the next call with the same address returns its result, a call with another address gives it
 * up. After an attempt that has failed another one may follow.
 *
 * @function sock:connect
 * @tparam string address a name, or an IPv4 or IPv6 address
 * @tparam integer|string port 1 to 65535, or the name of a service
 * @treturn[1] integer 1
 * @treturn[2] nil
 * @treturn[2] string message: `"timeout"`, `"connection refused"`, `"already connected"`, or other
 *   words
 * @raise for an argument of a wrong type
 */
int sock_connect(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	struct address_list list;
	int family = s->any_family && s->bound.sa.sa_family == AF_UNSPEC ? AF_UNSPEC : s->family;
	int err = resolver_resolve(L, 2, 3, family, false, &list);

	s->last_errno = err;
	lua_pushvalue(L, 1);
	sock_set_class(L, s, SOCK_CLIENT);
	lua_pop(L, 1);
	if (err) {
		abandon_attempt(L, s);
		return sock_push_error(L, lua_tostring(L, -1));
	}
	err = connect_to_any(L, s, &list);
	s->last_errno = err == ATTEMPT_UNEXPLAINED ? 0 : err;
	if (err && option_push_pending_error(L, s, err))
		return sock_push_error(L, lua_tostring(L, -1));
	if (err)
		return sock_push_error(L, attempt_strerror(err));
	lua_pushinteger(L, 1);
	return 1;
}
