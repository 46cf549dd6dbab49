// SPDX-License-Identifier: MIT
/* The resolver, as LuaSocket's dns functions need it: getaddrinfo(3), getnameinfo(3). */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "sock.h"

/* Copies what fits of the resolver's list, and its canonical name. Returns how many. */
static size_t copy_list(const struct addrinfo *list, union sock_addr *addrs, char *name, size_t size)
{
	const struct addrinfo *ai;
	size_t count = 0;

	name[0] = '\0';
	if (list->ai_canonname && strlen(list->ai_canonname) < size)
		strcpy(name, list->ai_canonname);
	for (ai = list; ai && count < INET_MAX_ADDRESSES; ai = ai->ai_next) {
		if (ai->ai_addrlen <= sizeof(*addrs))
			memcpy(&addrs[count++], ai->ai_addr, ai->ai_addrlen);
	}
	return count;
}

/*
 * core.lookup(host) → addresses, name | nil, message
 * addresses: an array of { family = "inet" | "inet6", addr = text }; name: the canonical one
 */
int core_lookup(lua_State *L)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME };
	union sock_addr addrs[INET_MAX_ADDRESSES];
	char name[NI_MAXHOST];
	struct addrinfo *list;
	size_t count, i;
	int rc = getaddrinfo(smc_check_cstring(L, 1), NULL, &hints, &list);

	if (rc != 0)
		return sock_error(L, inet_resolver_words(rc));
	count = copy_list(list, addrs, name, sizeof(name));
	freeaddrinfo(list);
	lua_createtable(L, (int)count, 0);
	for (i = 0; i < count; i++) {
		lua_createtable(L, 0, 2);
		inet_push(L, &addrs[i]);
		lua_setfield(L, -4, "family");
		lua_pop(L, 1);
		lua_setfield(L, -2, "addr");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_pushstring(L, name);
	return 2;
}

/*
 * core.nameinfo(host, service) → names, service | nil, message
 * names: of each address of the host, the name that the resolver has for it, else its text.
 * host or service may be nil, not both.
 */
int core_nameinfo(lua_State *L)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const char *host = lua_isnoneornil(L, 1) ? NULL : smc_check_cstring(L, 1);
	const char *service = lua_isnoneornil(L, 2) ? NULL : smc_check_cstring(L, 2);
	char name[NI_MAXHOST], port[NI_MAXSERV] = "";
	union sock_addr addrs[INET_MAX_ADDRESSES];
	struct addrinfo *list;
	size_t count, i;
	int rc;

	if (!host && !service)
		return luaL_error(L, "host and serv cannot be both nil");
	rc = getaddrinfo(host, service, &hints, &list);
	if (rc != 0)
		return sock_error(L, inet_resolver_words(rc));
	count = copy_list(list, addrs, name, sizeof(name));
	freeaddrinfo(list);
	lua_createtable(L, (int)count, 0);
	for (i = 0; i < count; i++) {
		getnameinfo(&addrs[i].sa, inet_length(&addrs[i]), name, sizeof(name), port,
			    service ? sizeof(port) : 0, 0);
		lua_pushstring(L, name);
		if (host)
			lua_rawseti(L, -2, (lua_Integer)i + 1);
		else
			lua_pop(L, 1);
	}
	if (!service)
		return 1;
	lua_pushstring(L, port);
	return 2;
}

/* core.gethostname() → name | nil, message. gethostname(2) */
int core_gethostname(lua_State *L)
{
	char name[256];

	if (gethostname(name, sizeof(name)) != 0)
		return sock_error(L, sock_strerror(errno));
	name[sizeof(name) - 1] = '\0';
	lua_pushstring(L, name);
	return 1;
}
