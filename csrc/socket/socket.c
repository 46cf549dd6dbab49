// SPDX-License-Identifier: MIT
/*
 * smc.core.socket: stream sockets of the family AF_SMC, with the methods of LuaSocket's TCP
 * object. This file has their life: made, bound, connected, accepted.
 *
 * An operation is tried first, and poll(2) is asked only when it would block, within the object's
 * timeouts. Where there are none, the kernel itself may wait (wait_in_kernel).
 */
#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "../common/af_smc.h"
#include "sock.h"

#define LISTEN_BACKLOG 32 /* LuaSocket's default */

/* Pushes nil and the words: the answer of a socket's method that failed. Returns 2. */
int sock_error(lua_State *L, const char *words)
{
	lua_pushnil(L);
	lua_pushstring(L, words);
	return 2;
}

/* LuaSocket's words for an errno where programs compare them, else the C library's. */
const char *sock_strerror(int err)
{
	switch (err) {
	case EBADF:
	case EPIPE:
	case ECONNRESET:
	case ECONNABORTED:
		return "closed";
	case ETIMEDOUT:
		return "timeout";
	case ECONNREFUSED:
		return "connection refused";
	case EISCONN:
		return "already connected";
	case EADDRINUSE:
		return "address already in use";
	case EACCES:
		return "permission denied";
	case EAFNOSUPPORT:
		return "SMC is not available: smc.system.available() says why";
	default:
		return strerror(err);
	}
}

/* Whether socket(AF_SMC) failed because this process cannot have SMC, and not for want of anything. */
static bool lacks_smc(int err)
{
	return err == EAFNOSUPPORT || err == EPROTONOSUPPORT || err == EPERM || err == EACCES;
}

/* socket(2), with what garbage holds where descriptors have run out. */
static int new_fd(lua_State *L, int family, int protocol)
{
	const int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
	int fd = socket(family, type, protocol);

	if (fd < 0 && smc_gc_on_fd_exhaustion(L, errno))
		fd = socket(family, type, protocol);
	return fd;
}

/*
 * Creates the descriptor of the socket at index 1: AF_SMC over the internet protocol of the
 * family, and TCP only where the caller accepts it and the kernel has no SMC. Options that were
 * set before are set on it. Returns 0 or errno.
 */
int sock_open(lua_State *L, struct sock *s, int family)
{
	const int protocol = family == AF_INET6 ? SMCPROTO_SMC6 : SMCPROTO_SMC;
	const int on = 1;
	int err = 0;

	s->is_tcp = false;
	s->refused = NULL;
	s->fd = new_fd(L, AF_SMC, protocol);
	if (s->fd < 0 && s->may_tcp && lacks_smc(errno)) {
		s->fd = new_fd(L, family, 0);
		s->is_tcp = true;
	}
	if (s->fd < 0)
		return errno;
	s->family = family;
	if (s->v6only && setsockopt(s->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
		err = errno;
	if (!err)
		err = option_apply_pending(L, s);
	if (err) {
		close_fd(s);
		if (s->any_family)
			s->family = AF_UNSPEC;
	}
	return err;
}

/*
 * Makes a plain TCP descriptor for s with what was asked of the descriptor of the socket at index 1,
 * which is like: its options, and its local address. Returns 0 or errno.
 */
int sock_open_tcp(lua_State *L, struct sock *s, const struct sock *like, int family)
{
	union sock_addr local = like->bound;

	s->is_tcp = true;
	s->fd = new_fd(L, family, 0);
	if (s->fd < 0)
		return errno;
	option_apply_pending(L, s);
	local.in.sin_port = 0; /* where an IPv6 address has it, too */
	if (local.sa.sa_family != AF_UNSPEC && bind(s->fd, &local.sa, inet_length(&local)) != 0)
		return errno;
	return 0;
}

/* Notes the local name of a socket that has just been bound, or begun to connect. */
void sock_note_local(struct sock *s)
{
	socklen_t len = sizeof(s->local);

	if (getsockname(s->fd, &s->local.sa, &len) != 0)
		s->local.sa.sa_family = AF_UNSPEC;
	inet_complete(&s->local, &s->bound);
	inet_complete(&s->local, &s->peer);
}

/*
 * Asks the kernel for the peer. It answers only while there is a connection, so that this is safe where
 * asking for the local name is not. Returns whether there is one.
 */
bool sock_ask_peer(struct sock *s)
{
	socklen_t len = sizeof(s->peer);

	return getpeername(s->fd, &s->peer.sa, &len) == 0;
}

/* Finds out what a descriptor is that others have made. */
void sock_recognize(struct sock *s)
{
	int domain = AF_UNSPEC, protocol = 0;
	socklen_t len = sizeof(int);

	getsockopt(s->fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);
	getsockopt(s->fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len);
	s->is_tcp = domain != AF_SMC;
	if (domain == AF_SMC)
		domain = protocol == SMCPROTO_SMC6 ? AF_INET6 : AF_INET;
	s->family = domain;
	s->any_family = false;
}

/*
 * core.new(version, may_tcp) → socket | nil, message
 * version 0: made at the first bind or connect; 4 or 6: made at once. socket(2), af_smc(7)
 */
int core_new(lua_State *L)
{
	lua_Integer version = luaL_checkinteger(L, 1);
	bool may_tcp = lua_toboolean(L, 2);
	struct sock *s;
	int err = 0;

	lua_settop(L, 0);
	s = sock_new(L, SOCK_MASTER);
	s->may_tcp = may_tcp;
	s->any_family = version == 0;
	s->v6only = version == 6;
	if (version != 0)
		err = sock_open(L, s, version == 6 ? AF_INET6 : AF_INET);
	if (err)
		return sock_error(L, sock_strerror(err));
	return 1;
}

/* Closes a descriptor that nothing has come of: the next address may be of the other family. */
static void unmake(struct sock *s)
{
	close_fd(s);
	s->family = AF_UNSPEC;
	s->bound.sa.sa_family = AF_UNSPEC;
}

static int try_bind(lua_State *L, struct sock *s, const union sock_addr *addr)
{
	int err = 0;

	if (s->fd < 0)
		err = sock_open(L, s, addr->sa.sa_family);
	if (!err && bind(s->fd, &addr->sa, inet_length(addr)) != 0)
		err = errno;
	return err;
}

/* sock:bind(address, port) → 1 | nil, message. Names are resolved; "*": 0.0.0.0. bind(2) */
int sock_bind(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_MASTER);
	union sock_addr addrs[INET_MAX_ADDRESSES];
	size_t count = INET_MAX_ADDRESSES, i;
	bool made_here = s->fd < 0;
	int err = EADDRNOTAVAIL;

	if (inet_resolve(L, 2, 3, s->family, true, addrs, &count) != 0)
		return sock_error(L, lua_tostring(L, -1));
	for (i = 0; i < count; i++) {
		err = try_bind(L, s, &addrs[i]);
		if (!err) {
			sock_note_local(s);
			s->bound = s->local;
			lua_pushinteger(L, 1);
			return 1;
		}
		if (made_here)
			unmake(s);
	}
	if (!option_push_refusal(L, s, err))
		lua_pushstring(L, sock_strerror(err));
	return sock_error(L, lua_tostring(L, -1));
}

/*
 * sock:listen([backlog = 32]) → 1 | nil, message. The object becomes a server. listen(2)
 * The kernel has a limit of its own, net.core.somaxconn, which a negative number stands for, too.
 */
int sock_listen(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_MASTER);
	lua_Integer backlog = smc_opt_truncated(L, 2, LISTEN_BACKLOG);

	if (backlog < 0 || backlog > INT_MAX)
		backlog = INT_MAX;
	if (listen(s->fd, (int)backlog) != 0)
		return sock_error(L, sock_strerror(errno));
	sock_note_local(s);
	lua_settop(L, 1);
	sock_set_class(L, s, SOCK_SERVER);
	lua_pushinteger(L, 1);
	return 1;
}

/* What to do about an accept that failed: 0 to try again, else the errno to give up with. */
static int accept_again(lua_State *L, struct sock *server, int err, bool *reclaimed)
{
	switch (err) {
	case EAGAIN:
		return wait_for(L, server, POLLIN);
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

/* sock:accept() → client | nil, message. accept4(2) */
int sock_accept(lua_State *L)
{
	struct sock *server = sock_check_class(L, 1, SOCK_SERVER);
	struct sock *client = sock_new(L, SOCK_CLIENT);
	bool reclaimed = false;
	int err = 0;

	wait_start(&server->timeout);
	while (!err) {
		socklen_t len = sizeof(client->peer);

		client->fd = accept4(server->fd, &client->peer.sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client->fd >= 0) {
			client->family = server->family;
			client->is_tcp = server->is_tcp;
			client->attempt = ATTEMPT_SETTLED;
			if (inet_is_any(&server->local))
				sock_note_local(client);
			else
				client->local = server->local;
			return 1;
		}
		err = accept_again(L, server, errno, &reclaimed);
	}
	return sock_error(L, sock_strerror(err));
}

/* sock:shutdown([how = "both"]) → 1. how: "both", "send", "receive". shutdown(2) */
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

/* sock:getfamily() → "inet4" | "inet6" | "unspec" before the first bind or connect */
int sock_getfamily(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);

	lua_pushstring(L, s->family == AF_INET6 ? "inet6" : s->family == AF_INET ? "inet4" : "unspec");
	return 1;
}

/* The state of a TCP socket, in the words that the diag dump has for those of SMC sockets. tcp(7) */
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
 * core.identity(sock) → inode [, state, connected] | false, "INIT" | nil, message, errno
 * The inode by which the kernel's diag dump names the socket, fstat(2), and for a TCP socket, which
 * is not in that dump, its state, and whether it is or was connected. false: there is no descriptor
 * yet.
 */
int core_identity(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	struct stat st;

	if (s->fd < 0 && s->kind == SOCK_MASTER && s->family == AF_UNSPEC) {
		lua_pushboolean(L, 0);
		lua_pushliteral(L, "INIT");
		return 2;
	}
	if (fstat(s->fd, &st) != 0) {
		int err = errno;

		sock_error(L, sock_strerror(err));
		lua_pushinteger(L, err);
		return 3;
	}
	lua_pushinteger(L, (lua_Integer)st.st_ino);
	if (!s->is_tcp)
		return 1;
	if (s->attempt == ATTEMPT_UNDER_WAY)
		attempt_look(s);
	lua_pushstring(L, tcp_state(s));
	lua_pushboolean(L, sock_is_connected(s) || strcmp(lua_tostring(L, -1), "ACTIVE") == 0);
	return 3;
}

/*
 * core.probe() → true | nil, message, errno
 * Whether this process can make SMC sockets. The kernel loads its module for that where it can.
 */
int core_probe(lua_State *L)
{
	int fd = socket(AF_SMC, SOCK_STREAM | SOCK_CLOEXEC, SMCPROTO_SMC);

	if (fd < 0)
		return smc_push_error(L, errno, "socket(AF_SMC)");
	close(fd);
	lua_pushboolean(L, 1);
	return 1;
}
