/* Uevents, as the kernel's datagrams are: with the file itself, whose decoder is static. */
#include "../../../csrc/sysfs/uevent.c"
#include "harness.h"

static int nothing(lua_State *L)
{
	lua_newtable(L);
	return 1;
}

static int decode(lua_State *L)
{
	size_t size;
	const char *bytes = luaL_checklstring(L, 1, &size);
	char *copy = lua_newuserdatauv(L, size, 0); /* of the very size: a sanitizer sees reads beyond it */

	memcpy(copy, bytes, size);
	push_event(L, copy, copy + size);
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static lua_State *L;

	if (!L)
		L = open_state(nothing);
	lua_pushcfunction(L, decode);
	lua_pushlstring(L, (const char *)data, size);
	call(L, 1);
	lua_settop(L, 1);
	return 0;
}
