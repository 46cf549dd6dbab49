// SPDX-License-Identifier: MIT
/* Resolves names, for sockets and for LuaSocket's dns functions: getaddrinfo(3), getnameinfo(3). */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "sock.h"

/* LuaSocket's words for what getaddrinfo(3) returns. */
static const char *resolver_strerror(int rc)
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

/* The errno closest to a result of getaddrinfo(3). */
static int resolver_errno(int rc)
{
	int err = errno;

	switch (rc) {
	case EAI_SYSTEM:
		return err ? err : EIO; /* never 0, which is success */
	case EAI_AGAIN:
		return EAGAIN;
	case EAI_MEMORY:
		return ENOMEM;
	case EAI_FAIL:
		return EIO;
	default: /* no such host or service, or no address of the family */
		return ENOENT;
	}
}

/* Copies as many of the resolver's addresses as fit. */
void resolver_copy(const struct addrinfo *ai, struct address_list *list)
{
	for (list->count = 0; ai && list->count < RESOLVER_MAX_ADDRESSES; ai = ai->ai_next) {
		if (ai->ai_addrlen <= sizeof(list->at[0]))
			memcpy(&list->at[list->count++], ai->ai_addr, ai->ai_addrlen);
	}
}

#define RESOLVER_DESCRIPTORS 4 /* the most that the C library has open at once */

/* The errno if so many cannot be opened now, or 0. Without them getaddrinfo(3) may say that there is no such host. */
int resolver_test_descriptors(void)
{
	int fds[RESOLVER_DESCRIPTORS], count = 0, err = 0;

	while (!err && count < RESOLVER_DESCRIPTORS) {
		fds[count] = open("/", O_PATH | O_CLOEXEC);
		if (fds[count] < 0)
			err = errno;
		else
			count++;
	}
	while (count > 0)
		close(fds[--count]);
	return err;
}

/* getaddrinfo(3); without free descriptors, again after a garbage collection. */
static int call_getaddrinfo(lua_State *L, const char *host, const char *service, const struct addrinfo *hints,
			    struct addrinfo **found)
{
	int rc = getaddrinfo(host, service, hints, found), err;

	if (rc == 0 || !smc_gc_on_fd_exhaustion(L, resolver_test_descriptors()))
		return rc;
	rc = getaddrinfo(host, service, hints, found);
	err = rc == 0 ? 0 : resolver_test_descriptors();
	if (!err)
		return rc;
	errno = err;
	return EAI_SYSTEM;
}

/*
 * Resolves a host, a service or both, either of which may be NULL. name: room for the canonical name, of
 * NI_MAXHOST bytes, or NULL. Returns what getaddrinfo(3) returns.
 */
static int resolve(lua_State *L, const char *host, const char *service, const struct addrinfo *hints,
		   struct address_list *list, char *name)
{
	struct addrinfo *found;
	int rc = call_getaddrinfo(L, host, service, hints, &found);

	if (rc != 0)
		return rc;
	resolver_copy(found, list);
	if (name) {
		name[0] = '\0';
		if (found->ai_canonname && strlen(found->ai_canonname) < NI_MAXHOST)
			strcpy(name, found->ai_canonname);
	}
	freeaddrinfo(found);
	return 0;
}

/*
 * Checks the port at index port: a number, text that is one, or the name of a service. getaddrinfo
 * would silently truncate a number that does not fit. Returns its text, or NULL with a message pushed.
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
 * Resolves the host at index host and the port at index port into addresses of the family
 * (AF_UNSPEC: of both). host "*" with passive: every address of this machine.
 * Returns 0, or an errno with the error message pushed.
 */
int resolver_resolve(lua_State *L, int host, int port, int family, bool passive, struct address_list *list)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	const char *name = smc_check_cstring(L, host);
	const char *service = check_port(L, port, passive); /* on the stack from here on */
	int rc, err;

	if (!service)
		return EINVAL;
	if (passive) {
		hints.ai_flags = AI_PASSIVE;
		if (strcmp(name, "*") == 0) {
			name = NULL;
			if (family == AF_UNSPEC)
				hints.ai_family = AF_INET;
		}
	}
	rc = resolve(L, name, service, &hints, list, NULL);
	if (rc == 0)
		return 0;
	err = resolver_errno(rc);
	lua_pushstring(L, resolver_strerror(rc));
	return err;
}

/* The argument for a family: 0 both, 4, 6. */
int resolver_check_family(lua_State *L, int arg)
{
	static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6 };
	lua_Integer version = luaL_checkinteger(L, arg);

	luaL_argcheck(L, version == 0 || version == 4 || version == 6, arg, "0, 4 or 6 expected");
	return families[version / 2 - (version > 0)];
}

/* Pushes nil, message and errno for what getaddrinfo(3) returned, and errno. */
int resolver_push_failure(lua_State *L, int rc)
{
	int err = resolver_errno(rc);

	sock_push_error(L, resolver_strerror(rc));
	lua_pushinteger(L, err);
	return 3;
}

/* Pushes an array of the texts of addresses, in the order to try them. */
int resolver_push_addresses(lua_State *L, const struct address_list *list)
{
	size_t i;

	lua_createtable(L, (int)list->count, 0);
	for (i = 0; i < list->count; i++) {
		address_push(L, &list->at[i]);
		lua_pop(L, 2);
		lua_seti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

/* resolve(host, port, family) -> addresses | nil, message, errno */
int core_resolve(lua_State *L)
{
	struct address_list list;
	int err = resolver_resolve(L, 1, 2, resolver_check_family(L, 3), false, &list);

	if (!err)
		return resolver_push_addresses(L, &list);
	sock_push_error(L, lua_tostring(L, -1));
	lua_pushinteger(L, err);
	return 3;
}

/*
 * lookup(host) -> addresses, name | nil, message
 * addresses: an array of { family = "inet" | "inet6", addr = text }; name: the canonical one
 */
int core_lookup(lua_State *L)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME };
	struct address_list list;
	char name[NI_MAXHOST];
	size_t i;
	int rc = resolve(L, smc_check_cstring(L, 1), NULL, &hints, &list, name);

	if (rc != 0)
		return sock_push_error(L, resolver_strerror(rc));
	lua_createtable(L, (int)list.count, 0);
	for (i = 0; i < list.count; i++) {
		lua_createtable(L, 0, 2);
		address_push(L, &list.at[i]);
		lua_setfield(L, -4, "family");
		lua_pop(L, 1);
		lua_setfield(L, -2, "addr");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_pushstring(L, name);
	return 2;
}

/*
 * nameinfo(host, service) -> names, service | nil, message
 * names: of each address of the host, the name that the resolver has for it, else its text.
 * host or service may be nil, not both.
 */
int core_nameinfo(lua_State *L)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const char *host = lua_isnoneornil(L, 1) ? NULL : smc_check_cstring(L, 1);
	const char *service = lua_isnoneornil(L, 2) ? NULL : smc_check_cstring(L, 2);
	char name[NI_MAXHOST], port[NI_MAXSERV] = "";
	struct address_list list;
	size_t i;
	int rc;

	if (!host && !service)
		return luaL_error(L, "host and serv cannot be both nil");
	/* Without descriptors it would find no names. */
	smc_gc_on_fd_exhaustion(L, resolver_test_descriptors());
	rc = resolve(L, host, service, &hints, &list, NULL);
	if (rc != 0)
		return sock_push_error(L, resolver_strerror(rc));
	lua_createtable(L, (int)list.count, 0);
	for (i = 0; i < list.count; i++) {
		getnameinfo(&list.at[i].sa, address_length(&list.at[i]), name, sizeof(name), port,
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

/* gethostname() -> name | nil, message: gethostname(2) */
int core_gethostname(lua_State *L)
{
	char name[256];

	if (gethostname(name, sizeof(name)) != 0)
		return sock_push_error(L, sock_strerror(errno));
	name[sizeof(name) - 1] = '\0';
	lua_pushstring(L, name);
	return 1;
}
