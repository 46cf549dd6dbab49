// SPDX-License-Identifier: MIT
/* Names resolved, for sockets and for LuaSocket's dns functions: getaddrinfo(3), getnameinfo(3). */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "sock.h"

/* The words LuaSocket has for what getaddrinfo(3) answers. */
static const char *inet_resolver_words(int rc)
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
