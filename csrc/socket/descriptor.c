// SPDX-License-Identifier: MIT
/* The descriptor of a socket: opens it, asks for its kind and its names, closes it. */
#include <errno.h>
#include <unistd.h>

#include "../common/af_smc.h"
#include "../common/lua_util.h"
#include "sock.h"

/* Whether socket(AF_SMC) failed because this process cannot use SMC, and not because of low resources. */
static bool lacks_smc(int err)
{
	return err == EAFNOSUPPORT || err == EPROTONOSUPPORT || err == EPERM || err == EACCES;
}

static int open_socket(lua_State *L, int family, int protocol)
{
	const int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

	return SMC_RETRY_AFTER_GC(L, socket(family, type, protocol));
}

/* The kind of socket whose name is at index arg, by default AF_SMC. Throws for another name. */
enum sock_protocol sock_check_protocol(lua_State *L, int arg)
{
	static const char *const names[] = { "smc", "inet", "auto", "tcp", NULL };

	return (enum sock_protocol)luaL_checkoption(L, arg, "smc", names);
}

/* A descriptor of SMC over the internet protocol of the family; negative: errno says why there is none. */
static int open_smc(lua_State *L, enum sock_protocol protocol, int family)
{
	int fd = -1, err = 0;

	if (protocol != PROTOCOL_INET) {
		fd = open_socket(L, AF_SMC, family == AF_INET6 ? SMCPROTO_SMC6 : SMCPROTO_SMC);
		err = errno;
	}
	if (fd < 0 && (protocol == PROTOCOL_INET || (protocol == PROTOCOL_AUTO && lacks_smc(err)))) {
		fd = open_socket(L, family, IPPROTO_SMC);
		if (err)
			errno = err;
	}
	return fd;
}

/* A socket of SMC; of TCP only where the caller wants it, or accepts it and the kernel has no SMC. -1 and errno */
static int open_smc_or_tcp(lua_State *L, const struct sock *s, int family, bool *is_tcp)
{
	int fd;

	*is_tcp = s->protocol == PROTOCOL_TCP;
	if (*is_tcp)
		return open_socket(L, family, 0);
	fd = open_smc(L, s->protocol, family);
	*is_tcp = fd < 0 && s->may_tcp && lacks_smc(errno);
	return *is_tcp ? open_socket(L, family, 0) : fd;
}

/*
 * Creates the descriptor of the socket at index 1, over the internet protocol of the family. Options that
 * were set before are set on it. Finalizers may run. Returns 0 or errno.
 */
int sock_open(lua_State *L, struct sock *s, int family)
{
	const int on = 1;
	bool is_tcp;
	int fd = open_smc_or_tcp(L, s, family, &is_tcp), err = 0;

	s->failed_option = NULL;
	if (fd < 0)
		return errno;
	if (s->fd >= 0) /* a finalizer has opened one meanwhile */
		sock_close_descriptor(s);
	s->fd = fd;
	s->closed = false;
	s->is_tcp = is_tcp;
	s->family = family;
	if (s->v6only && setsockopt(s->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
		err = errno;
	if (!err)
		err = option_apply_pending(L, s);
	if (err) {
		sock_close_descriptor(s);
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
	s->fd = open_socket(L, family, 0);
	if (s->fd < 0)
		return errno;
	option_apply_pending(L, s);
	local.in.sin_port = 0; /* where an IPv6 address has it, too */
	if (local.sa.sa_family != AF_UNSPEC && bind(s->fd, &local.sa, address_length(&local)) != 0)
		return errno;
	return 0;
}

/* Stores the local name of a socket that was just bound, or that has started to connect. */
void sock_record_local_name(struct sock *s)
{
	socklen_t len = sizeof(s->local);

	if (getsockname(s->fd, &s->local.sa, &len) != 0)
		s->local.sa.sa_family = AF_UNSPEC;
	address_inherit_scope(&s->local, &s->bound);
	address_inherit_scope(&s->local, &s->peer);
}

/*
 * Asks the kernel for the peer. It answers only while there is a connection, so that this is safe where
 * asking for the local name is not. Returns whether there is one.
 */
bool sock_query_peer_name(struct sock *s)
{
	socklen_t len = sizeof(s->peer);

	return getpeername(s->fd, &s->peer.sa, &len) == 0;
}

/*
 * The internet family of an SMC socket. One that a listener of IPPROTO_SMC has accepted is of AF_SMC, with a
 * protocol that does not tell: only the TCP socket inside one of IPv6 has options of IPv6.
 */
static int smc_family(int fd, int domain, int protocol)
{
	socklen_t len = sizeof(int);
	int v6only;

	if (domain != AF_SMC)
		return domain;
	if (protocol != IPPROTO_SMC)
		return protocol == SMCPROTO_SMC6 ? AF_INET6 : AF_INET;
	return getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, &len) ? AF_INET : AF_INET6;
}

/* Finds out the state of a descriptor that other code has created. */
void sock_detect_family(struct sock *s)
{
	int domain = AF_UNSPEC, protocol = 0;
	socklen_t len = sizeof(int);

	getsockopt(s->fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);
	getsockopt(s->fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len);
	s->is_tcp = domain != AF_SMC && protocol != IPPROTO_SMC;
	s->family = s->is_tcp ? domain : smc_family(s->fd, domain, protocol);
	s->any_family = false;
}

/* Clears the state of a descriptor that is closed or was given away. */
void sock_reset_descriptor(struct sock *s)
{
	s->fd = -1;
	s->blocking = false;
	s->attempt = ATTEMPT_NONE;
	s->local.sa.sa_family = s->peer.sa.sa_family = AF_UNSPEC;
}

void sock_close_descriptor(struct sock *s)
{
	if (s->fd >= 0)
		close(s->fd);
	sock_reset_descriptor(s);
}
