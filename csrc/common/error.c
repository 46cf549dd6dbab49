// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include <lauxlib.h>

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

static int no_op(lua_State *L)
{
	(void)L;
	return 0;
}

/*
 * A signal arrived. Lua programs learn of signals by a debug hook (lua.c sets one on Ctrl-C):
 * a call gives the hook its chance, and it may raise. No resource may be held here.
 */
void smc_interrupted(lua_State *L)
{
	lua_pushcfunction(L, no_op);
	lua_call(L, 0, 0);
}

/* The string at index arg, which C sees whole. Throws where a zero byte would end it early. */
const char *smc_check_text(lua_State *L, int arg)
{
	size_t length;
	const char *text = luaL_checklstring(L, arg, &length);

	luaL_argcheck(L, strlen(text) == length, arg, "text without zero bytes expected");
	return text;
}
