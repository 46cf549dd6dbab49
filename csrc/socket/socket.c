// SPDX-License-Identifier: MIT
/*
 * smc.core.socket: stream sockets of the family AF_SMC, with the methods of LuaSocket's TCP
 * object. This file creates, binds and accepts them.
 *
 * An operation is tried first, and poll(2) is asked only when it would block, within the object's
 * timeouts. Without timeouts, the kernel itself may wait (timeout_switch_to_blocking).
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "../common/af_smc.h"
#include "sock.h"

/***
 * Binding, listening, accepting.
 * @module smc.socket
 */

#define LISTEN_BACKLOG 32 /* LuaSocket's default */

/*
 * new(version, may_tcp [, protocol]) -> socket | nil, message
 * version 0: the descriptor is created at the first bind or connect; 4 or 6: at once. protocol: "smc", "inet",
 * "auto" or "tcp".
 * socket(2), af_smc(7)
 */
int core_new(lua_State *L)
{
	lua_Integer version = luaL_checkinteger(L, 1);
	bool may_tcp = lua_toboolean(L, 2);
	enum sock_protocol protocol = sock_check_protocol(L, 3);
	struct sock *s;
	int err = 0;

	lua_settop(L, 0);
	s = sock_new(L, SOCK_MASTER);
	s->may_tcp = may_tcp;
	s->protocol = protocol;
	s->any_family = version == 0;
	s->v6only = version == 6;
	if (version != 0)
		err = sock_open(L, s, version == 6 ? AF_INET6 : AF_INET);
	if (err)
		return sock_push_error(L, sock_strerror(err));
	return 1;
}

/* Closes a descriptor that could not be bound: the next address may be of the other family. */
static void discard_descriptor(struct sock *s)
{
	sock_close_descriptor(s);
	s->family = AF_UNSPEC;
	s->bound.sa.sa_family = AF_UNSPEC;
}

static int try_bind(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	int err = 0;

	if (s->fd < 0)
		err = sock_open(L, s, addr->sa.sa_family);
	if (!err && bind(s->fd, &addr->sa, address_length(addr)) != 0)
		err = errno;
	return err;
}

/***
 * Binds the socket to a local address. See bind(2).
 *
 * @function sock:bind
 * @tparam string address a name or an address of this host; `"*"` is 0.0.0.0, `"::"` every address
 * @tparam integer|string port 0 to 65535, where 0 lets the kernel choose, or the name of a service
 * @treturn[1] integer 1
 * @treturn[2] nil
 * @treturn[2] string message: `"address already in use"`, `"permission denied"`, or other words
 * @raise for an argument of a wrong type, or a socket that is connected or listens
 */
int sock_bind(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_MASTER);
	struct address_list list;
	bool made_here = s->fd < 0;
	int err = resolver_resolve(L, 2, 3, s->family, true, &list);
	size_t i;

	s->last_errno = err;
	if (err)
		return sock_push_error(L, lua_tostring(L, -1));
	err = EADDRNOTAVAIL;
	for (i = 0; i < list.count; i++) {
		err = try_bind(L, s, &list.at[i]);
		s->last_errno = err;
		if (!err) {
			sock_record_local_name(s);
			s->bound = s->local;
			lua_pushinteger(L, 1);
			return 1;
		}
		if (made_here)
			discard_descriptor(s);
	}
	if (!option_push_pending_error(L, s, err))
		lua_pushstring(L, sock_strerror(err));
	return sock_push_error(L, lua_tostring(L, -1));
}

/***
 * Makes a bound socket listen for connections: the object becomes a server. See listen(2).
 *
 * @function sock:listen
 * @tparam[opt=32] integer backlog how many connections may wait to be accepted. The kernel's own
 *   limit, net.core.somaxconn, also stands for a negative number.
 * @treturn[1] integer 1
 * @treturn[2] nil
 * @treturn[2] string message
 * @raise for an argument of a wrong type, or a socket that is connected or listens already
 */
int sock_listen(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_MASTER);
	lua_Integer backlog = smc_opt_truncated(L, 2, LISTEN_BACKLOG);

	if (backlog < 0 || backlog > INT_MAX)
		backlog = INT_MAX;
	s->last_errno = listen(s->fd, (int)backlog) != 0 ? errno : 0;
	if (s->last_errno)
		return sock_push_error(L, sock_strerror(s->last_errno));
	sock_record_local_name(s);
	lua_settop(L, 1);
	sock_set_class(L, s, SOCK_SERVER);
	lua_pushinteger(L, 1);
	return 1;
}

/* Decides what follows a failed accept4(2): 0 to try again, or the errno to return. */
static int accept_retry(lua_State *L, struct sock *server, int err, bool *reclaimed)
{
	switch (err) {
	case EAGAIN:
		return timeout_wait(L, server, POLLIN);
	case EINTR:
		smc_run_signal_hooks(L);
		return 0;
	case ECONNABORTED:
		return 0;
	default:
		if (*reclaimed || !smc_gc_on_fd_exhaustion(L, err))
			return err;
		*reclaimed = true;
		return 0;
	}
}

/***
 * Accepts a connection; waits for one within the timeout. See accept4(2).
 *
 * @function sock:accept
 * @treturn[1] sock client, a new object without a timeout
 * @treturn[2] nil
 * @treturn[2] string message: `"timeout"`, `"closed"`, or other words
 * @raise for a socket that does not listen
 */
int sock_accept(lua_State *L)
{
	struct sock *server = sock_check_class(L, 1, SOCK_SERVER);
	struct sock *client = sock_new(L, SOCK_CLIENT);
	bool reclaimed = false;
	int err = 0;

	timeout_start(&server->timeout);
	while (!err) {
		socklen_t len = sizeof(client->peer);

		client->fd = accept4(server->fd, &client->peer.sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client->fd >= 0) {
			client->family = server->family;
			client->is_tcp = server->is_tcp;
			client->attempt = ATTEMPT_DONE;
			if (address_is_any(&server->local))
				sock_record_local_name(client);
			else
				client->local = server->local;
			return 1;
		}
		err = accept_retry(L, server, errno, &reclaimed);
	}
	return sock_push_error(L, sock_strerror(err));
}

/***
 * Ends one direction of a connection, or both. See shutdown(2).
 *
 * @function sock:shutdown
 * @tparam[opt="both"] string how `"send"`, `"receive"` or `"both"`
 * @treturn integer 1
 * @raise for another direction, or a socket that is not a client
 */
int sock_shutdown(lua_State *L)
{
	static const char *const names[] = { "receive", "send", "both", NULL };
	struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);
	int how = luaL_checkoption(L, 2, "both", names);

	if (!lua_isnoneornil(L, 2))
		smc_check_cstring(L, 2);
	shutdown(s->fd, how); /* SHUT_RD, SHUT_WR, SHUT_RDWR are 0, 1, 2 */
	lua_pushinteger(L, 1);
	return 1;
}

/*
 * probe([protocol]) -> true | nil, message, errno
 * Whether this process can make SMC sockets, of AF_SMC ("smc") or of IPPROTO_SMC ("inet"). The kernel loads
 * its module for that where it can.
 */
int core_probe(lua_State *L)
{
	bool inet = sock_check_protocol(L, 1) == PROTOCOL_INET;
	int fd = SMC_RETRY_AFTER_GC(L, socket(inet ? AF_INET : AF_SMC, SOCK_STREAM | SOCK_CLOEXEC,
					      inet ? IPPROTO_SMC : SMCPROTO_SMC));

	if (fd < 0)
		return smc_push_error(L, errno, inet ? "socket(IPPROTO_SMC)" : "socket(AF_SMC)");
	close(fd);
	lua_pushboolean(L, 1);
	return 1;
}
