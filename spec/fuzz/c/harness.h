/* What the harnesses of libFuzzer share: a Lua state with smc.core.netlink, and calls that may raise an error. */
#ifndef SMC_FUZZ_HARNESS_H
#define SMC_FUZZ_HARNESS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../../csrc/common/lua_api.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A new state with what the function opens on top; it stays for all inputs. */
static inline lua_State *open_state(lua_CFunction open)
{
	lua_State *L = luaL_newstate();

	if (!L)
		abort();
	luaL_openlibs(L);
	lua_pushcfunction(L, open);
	lua_call(L, 0, 1);
	return L;
}

/* Calls, where an error has to be words: anything else is a fault of the decoder. Returns how many results. */
static inline int call(lua_State *L, int arguments)
{
	int top = lua_gettop(L) - arguments - 1;

	if (lua_pcall(L, arguments, LUA_MULTRET, 0) != LUA_OK) {
		if (lua_type(L, -1) != LUA_TSTRING)
			abort();
		lua_settop(L, top);
		return -1;
	}
	return lua_gettop(L) - top;
}

#endif
