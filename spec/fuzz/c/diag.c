/* Records of smc_diag: the first byte has the extensions that were asked for, the rest is a datagram. */
#include "harness.h"

int luaopen_smc_core_netlink(lua_State *L);

static void push_fields(lua_State *L)
{
	static const char *const names[] = { "state", "local_endpoint", "peer_endpoint", "fallback_code", "shutdown" };
	int i;

	lua_newtable(L);
	for (i = 0; i < 5; i++) {
		lua_pushstring(L, names[i]);
		lua_rawseti(L, -2, i + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static lua_State *L;

	if (!L)
		L = open_state(luaopen_smc_core_netlink);
	if (!size)
		return 0;
	lua_getfield(L, 1, "smc_diag_datagram");
	lua_pushlstring(L, (const char *)data + 1, size - 1);
	lua_pushinteger(L, data[0] & 0x1f);
	lua_pushnil(L);
	if (data[0] & 0x20)
		push_fields(L);
	else
		lua_pushnil(L);
	if (call(L, 4) > 0 && !lua_isnil(L, 2)) { /* the iterator */
		do {
			lua_settop(L, 2);
			lua_pushvalue(L, 2);
		} while (call(L, 0) > 0 && !lua_isnil(L, 3));
	}
	lua_settop(L, 1);
	return 0;
}
