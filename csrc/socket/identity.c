// SPDX-License-Identifier: MIT
/* The family, the addresses, the inode and the state of a socket. */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>

#include "sock.h"

/***
 * Family and addresses.
 * @module smc.socket
 */

/***
 * Returns the address family.
 *
 * @function sock:getfamily
 * @treturn string `"inet4"`, `"inet6"`, or `"unspec"` for a socket that can become either, before its first
 *   bind or connect
 */
int sock_getfamily(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);

	lua_pushstring(L, s->family == AF_INET6 ? "inet6" : s->family == AF_INET ? "inet4" : "unspec");
	return 1;
}

/***
 * Returns the local address. See getsockname(2).
 *
 * For a connected socket it is the address at the time of connection: to ask the kernel later may crash it if
 * the device was removed (net/smc/af_smc.c, smc_getname).
 *
 * @function sock:getsockname
 * @treturn[1] string address
 * @treturn[1] integer port
 * @treturn[1] string family `"inet"` or `"inet6"`
 * @treturn[2] nil
 * @treturn[2] string message
 */
int sock_getsockname(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	union sock_addr addr;
	socklen_t len = sizeof(addr);

	if (s->local.sa.sa_family != AF_UNSPEC)
		return address_push(L, &s->local);
	memset(&addr, 0, sizeof(addr));
	if (getsockname(s->fd, &addr.sa, &len) != 0)
		return sock_push_error(L, sock_strerror(errno));
	address_inherit_scope(&addr, &s->peer);
	return address_push(L, &addr);
}

/***
 * Returns the address of the peer at the time of connection. See getpeername(2).
 *
 * @function sock:getpeername
 * @treturn[1] string address
 * @treturn[1] integer port
 * @treturn[1] string family `"inet"` or `"inet6"`
 * @treturn[2] nil
 * @treturn[2] string message
 */
int sock_getpeername(lua_State *L)
{
	struct sock *s = sock_check(L, 1);

	if (s->fd < 0)
		return sock_push_error(L, sock_strerror(EBADF));
	if (s->attempt == ATTEMPT_IN_PROGRESS)
		attempt_check(s);
	else if (s->attempt == ATTEMPT_NONE && sock_query_peer_name(s))
		s->attempt = ATTEMPT_DONE;
	if (!sock_is_connected(s))
		return sock_push_error(L, sock_strerror(ENOTCONN));
	return address_push(L, &s->peer);
}

/* Returns the state of a TCP socket, by the name that the diag dump has for that of an SMC socket. tcp(7) */
static const char *tcp_state(const struct sock *s)
{
	struct tcp_info info = { .tcpi_state = TCP_CLOSE };
	socklen_t len = sizeof(info);

	getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, &info, &len);
	switch (info.tcpi_state) {
	case TCP_LISTEN:
		return "LISTEN";
	case TCP_SYN_SENT:
		return "INIT";
	case TCP_CLOSE:
		return s->kind == SOCK_MASTER ? "INIT" : "CLOSED";
	default:
		return "ACTIVE";
	}
}

/*
 * tcp_state(sock) -> state | nil
 * Returns the state of the TCP connection inside an SMC socket, by its name in the diag dump. During connect()
 * it is "ACTIVE" as soon as TCP is connected, while the SMC handshake continues.
 */
int core_tcp_state(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);

	if (s->fd < 0)
		lua_pushnil(L);
	else
		lua_pushstring(L, tcp_state(s));
	return 1;
}

/*
 * last_errno(sock) -> errno | nil
 * Returns the errno of the last bind(), listen() or connect(), which themselves return only a message, as in
 * LuaSocket. The result is nil if the call succeeded, or if the kernel does not report why it failed.
 */
int core_last_errno(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);

	if (s->last_errno)
		lua_pushinteger(L, s->last_errno);
	else
		lua_pushnil(L);
	return 1;
}

/*
 * identity(sock) -> inode [, state, connected] | false, "INIT" | nil, message, errno
 * Returns the inode of the socket, fstat(2), by which the diag dump of the kernel names it. That dump does
 * not have TCP sockets: for these it also returns the state, and whether the socket is or was connected. The
 * result is false for a socket that has no descriptor yet, and EBADF for a closed one.
 */
int core_identity(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	struct stat st;

	if (s->fd < 0 && !s->closed && s->kind == SOCK_MASTER && s->family == AF_UNSPEC) {
		lua_pushboolean(L, 0);
		lua_pushliteral(L, "INIT");
		return 2;
	}
	if (fstat(s->fd, &st) != 0) {
		int err = errno;

		sock_push_error(L, sock_strerror(err));
		lua_pushinteger(L, err);
		return 3;
	}
	lua_pushinteger(L, (lua_Integer)st.st_ino);
	if (!s->is_tcp)
		return 1;
	if (s->attempt == ATTEMPT_IN_PROGRESS)
		attempt_check(s);
	lua_pushstring(L, tcp_state(s));
	lua_pushboolean(L, sock_is_connected(s) || strcmp(lua_tostring(L, -1), "ACTIVE") == 0);
	return 3;
}
