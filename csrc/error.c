// SPDX-License-Identifier: MIT
#include <string.h>

#include "error.h"

/*
 * Pushes the answer that every binding but the sockets' gives on failure:
 * nil, "what: words", errno. Returns 3, the number of values pushed.
 */
int smc_push_error(lua_State *L, int err, const char *what)
{
	lua_pushnil(L);
	lua_pushfstring(L, "%s: %s", what, strerror(err));
	lua_pushinteger(L, err);
	return 3;
}
