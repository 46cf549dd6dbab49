/* Answers of generic netlink and rtnetlink: the first byte says which, the rest is a datagram. */
#include "harness.h"

int luaopen_smc_core_netlink(lua_State *L);

/* The function, and what stands before its datagram. */
static const struct {
	const char *name;
	const char *first;
} functions[] = {
	{ "device_smcd", NULL }, { "linkgroup_smcd", NULL }, { "linkgroup_smcr", NULL }, { "stats", NULL },
	{ "fallback_stats", NULL }, { "system_info", NULL }, { "hs_limitation", NULL }, { "ueid_list", NULL },
	{ "seid", NULL }, { "pnet_list", NULL }, { "links", NULL }, { "addresses", NULL },
	{ "route", "192.168.0.1" },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static lua_State *L;
	size_t which;

	if (!L)
		L = open_state(luaopen_smc_core_netlink);
	if (!size)
		return 0;
	which = data[0] % (sizeof(functions) / sizeof(functions[0]));
	if (lua_getfield(L, 1, functions[which].name) != LUA_TFUNCTION)
		abort();
	if (functions[which].first)
		lua_pushstring(L, functions[which].first);
	lua_pushlstring(L, (const char *)data + 1, size - 1);
	call(L, functions[which].first ? 2 : 1);
	lua_settop(L, 1);
	return 0;
}
