// SPDX-License-Identifier: MIT
/*
 * sock:connect: tries the addresses of a name in turn, and finds out why it failed.
 */
#include <errno.h>

#include "attempt.h"

/***
 * Connecting.
 * @module smc.socket
 */

/* Seconds for the attempt over plain TCP: an idle kernel gives up on a neighbour after three. */
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

/* Connects to one address; if the kernel does not report why that failed, finds out the cause. */
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

/* The index of the last attempt's address in the list; the length of the list if it is not in it. */
static size_t index_of_peer(const struct sock *s, const struct address_list *list)
{
	size_t i = 0;

	while (i < list->count && !address_equal(&s->peer, &list->at[i]))
		i++;
	return i;
}

/* The index at which to continue an attempt whose result was not reported; 0 if there is none. */
static size_t index_to_resume(const struct sock *s, const struct address_list *list)
{
	size_t i = index_of_peer(s, list);

	if (s->attempt != ATTEMPT_IN_PROGRESS && s->attempt != ATTEMPT_FAILED_UNREPORTED)
		return 0;
	return i < list->count ? i : 0;
}

/* Tries the addresses in turn, each within the timeout; with a timeout of zero, only one of them. */
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
 * Connects to one of the addresses. Returns 0 or an errno. As with TCP, the first further call for the same
 * address reports the success: that is how programs that wait with poll(2) learn of it. A connection that
 * connect() has not reported is abandoned like an attempt in progress.
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

/* Ends an attempt in progress, so that nothing more is sent to its address. */
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
 * one of them. The object becomes a client, also when this fails. After a timeout the attempt continues:
 * the next call with the same address returns its result, a call with another address abandons it. After a
 * failure, `connect` may be called again.
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
