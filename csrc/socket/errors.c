// SPDX-License-Identifier: MIT
/* Error messages: those of LuaSocket if programs compare them. */
#include <errno.h>
#include <string.h>

#include "attempt.h"

/* Pushes nil and the words: the answer of a socket's method that failed. Returns 2. */
int sock_push_error(lua_State *L, const char *words)
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
	case EPROTONOSUPPORT:
		return "IPPROTO_SMC is not available: smc.system.available { protocol = \"inet\" } says why";
	default:
		return strerror(err);
	}
}

/* The words for an errno, or ATTEMPT_UNEXPLAINED. */
const char *attempt_strerror(int err)
{
	if (err == ATTEMPT_UNEXPLAINED)
		return "no connection, the kernel does not say why";
	return sock_strerror(err);
}

/* Why an option was not set or read. */
const char *option_strerror(int err)
{
	if (err == ENOPROTOOPT || err == EOPNOTSUPP)
		return "this socket has no such option: wrong family, or not in this kernel";
	return sock_strerror(err);
}
