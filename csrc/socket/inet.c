// SPDX-License-Identifier: MIT
/* Internet addresses of sockets: names resolved, addresses told. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "../common/lua_util.h"
#include "sock.h"

/* The words LuaSocket has for what getaddrinfo(3) answers. */
const char *inet_resolver_words(int rc)
{
	switch (rc) {
	case EAI_NONAME:
#ifdef EAI_NODATA
	case EAI_NODATA:
#endif
		return "host or service not provided, or not known";
	case EAI_SERVICE:
		return "service not supported for socket type";
	case EAI_AGAIN:
		return "temporary failure in name resolution";
	case EAI_FAIL:
		return "non-recoverable failure in name resolution";
	case EAI_SYSTEM:
		return strerror(errno);
	default:
		return gai_strerror(rc);
	}
}

/* Whether two addresses are the same, with port and scope. */
bool inet_equal(const union sock_addr *a, const union sock_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_port == b->in.sin_port && a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return a->in6.sin6_port == b->in6.sin6_port && a->in6.sin6_scope_id == b->in6.sin6_scope_id &&
	       IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr);
}

/* Whether the address is that of every interface, or not known. */
bool inet_is_any(const union sock_addr *addr)
{
	switch (addr->sa.sa_family) {
	case AF_INET:
		return addr->in.sin_addr.s_addr == INADDR_ANY;
	case AF_INET6:
		return IN6_IS_ADDR_UNSPECIFIED(&addr->in6.sin6_addr);
	default:
		return true;
	}
}

/*
 * Checks the port at index port: a number, text that is one, or the name of a service. getaddrinfo
 * would silently cut a number that does not fit. Returns its text, or NULL with the words pushed.
 */
static const char *check_port(lua_State *L, int port, bool passive)
{
	int lowest = passive ? 0 : 1;
	int is_number;
	lua_Integer number = lua_tointegerx(L, port, &is_number);

	if (!is_number && lua_type(L, port) != LUA_TNUMBER)
		return smc_check_cstring(L, port);
	if (!is_number) {
		lua_pushfstring(L, "port %f is not an integer", lua_tonumber(L, port));
		return NULL;
	}
	if (number >= lowest && number <= 65535)
		return lua_pushfstring(L, "%I", (LUAI_UACINT)number);
	lua_pushfstring(L, "port %I is out of range (%d to 65535)", (LUAI_UACINT)number, lowest);
	return NULL;
}

/*
 * Resolves the host at index host and the port at index port into at most *count addresses
 * of the family (AF_UNSPEC: of both). host "*" with passive: every address of this machine.
 * Returns 0, or 1 with the words of the failure pushed.
 */
int inet_resolve(lua_State *L, int host, int port, int family, bool passive, union sock_addr *addrs,
		 size_t *count)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	const char *name = smc_check_cstring(L, host);
	const char *service = check_port(L, port, passive); /* on the stack from here on */
	struct addrinfo *list, *ai;
	size_t max = *count;
	int rc;

	if (!service)
		return 1;
	if (passive) {
		hints.ai_flags = AI_PASSIVE;
		if (strcmp(name, "*") == 0) {
			name = NULL;
			if (family == AF_UNSPEC)
				hints.ai_family = AF_INET;
		}
	}
	rc = getaddrinfo(name, service, &hints, &list);
	if (rc != 0) {
		lua_pushstring(L, inet_resolver_words(rc));
		return 1;
	}
	*count = 0;
	for (ai = list; ai && *count < max; ai = ai->ai_next) {
		if (ai->ai_addrlen <= sizeof(*addrs))
			memcpy(&addrs[(*count)++], ai->ai_addr, ai->ai_addrlen);
	}
	freeaddrinfo(list);
	return 0;
}

/*
 * core.resolve(host, port, family) → addresses | nil, message
 * family: 0 both, 4, 6. addresses: an array of their texts, in the order to try them.
 */
int core_resolve(lua_State *L)
{
	static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6 };
	union sock_addr addrs[INET_MAX_ADDRESSES];
	size_t count = INET_MAX_ADDRESSES, i;
	lua_Integer version = luaL_checkinteger(L, 3);

	luaL_argcheck(L, version == 0 || version == 4 || version == 6, 3, "0, 4 or 6 expected");
	if (inet_resolve(L, 1, 2, families[version / 2 - (version > 0)], false, addrs, &count) != 0)
		return sock_error(L, lua_tostring(L, -1));
	lua_createtable(L, (int)count, 0);
	for (i = 0; i < count; i++) {
		inet_push(L, &addrs[i]);
		lua_pop(L, 2);
		lua_seti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

socklen_t inet_length(const union sock_addr *addr)
{
	return addr->sa.sa_family == AF_INET6 ? sizeof(addr->in6) : sizeof(addr->in);
}

static bool is_link_local(const union sock_addr *addr)
{
	return addr->sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&addr->in6.sin6_addr);
}

/*
 * Gives a link-local address without an interface that of another one, which is on the same link.
 * listen(2) and connect(2) of AF_SMC make the TCP socket inside forget the interface that it is bound
 * to (net/smc/af_smc.c, smc_copy_sock_settings), so that getsockname(2) does not tell it any more.
 */
void inet_complete(union sock_addr *addr, const union sock_addr *on_the_same_link)
{
	if (is_link_local(addr) && addr->in6.sin6_scope_id == 0 && is_link_local(on_the_same_link))
		addr->in6.sin6_scope_id = on_the_same_link->in6.sin6_scope_id;
}

/* Pushes address, port, "inet" or "inet6". Returns 3. */
int inet_push(lua_State *L, const union sock_addr *addr)
{
	bool v6 = addr->sa.sa_family == AF_INET6;
	char text[NI_MAXHOST] = "";

	getnameinfo(&addr->sa, inet_length(addr), text, sizeof(text), NULL, 0, NI_NUMERICHOST);
	lua_pushstring(L, text);
	lua_pushinteger(L, ntohs(v6 ? addr->in6.sin6_port : addr->in.sin_port));
	lua_pushstring(L, v6 ? "inet6" : "inet");
	return 3;
}

/*
 * sock:getsockname() → address, port, "inet" | "inet6"
 * getsockname(2) for sockets that are not connected, else what was noted on connection.
 */
int sock_getsockname(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	union sock_addr addr;
	socklen_t len = sizeof(addr);

	if (s->local.sa.sa_family != AF_UNSPEC)
		return inet_push(L, &s->local);
	memset(&addr, 0, sizeof(addr));
	if (getsockname(s->fd, &addr.sa, &len) != 0)
		return sock_error(L, sock_strerror(errno));
	inet_complete(&addr, &s->peer);
	return inet_push(L, &addr);
}

/*
 * sock:getpeername() → address, port, "inet" | "inet6", as noted on connection
 * getpeername(2) for a descriptor that others have connected.
 */
int sock_getpeername(lua_State *L)
{
	struct sock *s = sock_check(L, 1);

	if (s->fd < 0)
		return sock_error(L, sock_strerror(EBADF));
	if (s->attempt == ATTEMPT_UNDER_WAY)
		attempt_look(s);
	else if (s->attempt == ATTEMPT_NONE && sock_ask_peer(s))
		s->attempt = ATTEMPT_SETTLED;
	if (!sock_is_connected(s))
		return sock_error(L, sock_strerror(ENOTCONN));
	return inet_push(L, &s->peer);
}
