// SPDX-License-Identifier: MIT
#include <errno.h>
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

/*
 * The objects that hold descriptors are small, so that the collector, which counts bytes, lets
 * many of them lie before it closes them. Where descriptors have run out, this collects once.
 * Returns whether trying again is worth it. Finalizers run here: no resource may be held.
 */
bool smc_reclaim(lua_State *L, int err)
{
	if (err != EMFILE && err != ENFILE)
		return false;
	lua_gc(L, LUA_GCCOLLECT);
	return true;
}
