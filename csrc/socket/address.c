// SPDX-License-Identifier: MIT
/* Internet addresses, compared and pushed. */
#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#include "sock.h"

/* Whether two addresses are the same, with port and scope. */
bool address_equal(const union sock_addr *a, const union sock_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_port == b->in.sin_port && a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return a->in6.sin6_port == b->in6.sin6_port && a->in6.sin6_scope_id == b->in6.sin6_scope_id &&
	       IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr);
}

/* Whether the address is that of every interface, or not known. */
bool address_is_any(const union sock_addr *addr)
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

socklen_t address_length(const union sock_addr *addr)
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
void address_inherit_scope(union sock_addr *addr, const union sock_addr *on_the_same_link)
{
	if (is_link_local(addr) && addr->in6.sin6_scope_id == 0 && is_link_local(on_the_same_link))
		addr->in6.sin6_scope_id = on_the_same_link->in6.sin6_scope_id;
}

/* Pushes address, port, "inet" or "inet6". Returns 3. */
int address_push(lua_State *L, const union sock_addr *addr)
{
	bool v6 = addr->sa.sa_family == AF_INET6;
	char text[NI_MAXHOST] = "";

	getnameinfo(&addr->sa, address_length(addr), text, sizeof(text), NULL, 0, NI_NUMERICHOST);
	lua_pushstring(L, text);
	lua_pushinteger(L, ntohs(v6 ? addr->in6.sin6_port : addr->in.sin_port));
	lua_pushstring(L, v6 ? "inet6" : "inet");
	return 3;
}
