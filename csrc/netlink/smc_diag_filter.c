// SPDX-License-Identifier: MIT
/* Which of the sockets of smc_diag are wanted: the filter of Lua, read and applied. */
#include <arpa/inet.h>
#include <string.h>

#include <lauxlib.h>

#include "smc_diag.h"

/* The address as it is compared: IPv4, and IPv6-mapped IPv4, come out the same. */
static void map_address(struct in6_addr *out, int family, const void *address)
{
	static const unsigned char prefix[12] = { [10] = 0xff, [11] = 0xff };
	static const unsigned char any[4];

	memset(out, 0, sizeof(*out));
	if (family == AF_INET6) {
		memcpy(out, address, sizeof(*out));
	} else if (memcmp(address, any, sizeof(any))) { /* 0.0.0.0 is :: is any */
		memcpy(out, prefix, sizeof(prefix));
		memcpy((char *)out + sizeof(prefix), address, 4);
	}
}

static bool address_matches(const struct diag_want *want, int side, bool present, int family,
			    const __be32 address[4])
{
	struct in6_addr mapped;

	if (!want->has_address[side])
		return true;
	if (!present)
		return false;
	map_address(&mapped, family == AF_INET6 ? AF_INET6 : AF_INET, address);
	return !memcmp(&mapped, &want->address[side], sizeof(mapped));
}

bool smc_diag_matches(const struct diag_socket *s, const struct diag_want *want)
{
	const struct smc_diag_msg *m = &s->msg;

	return (!want->has_inode || want->inode == m->diag_inode) &&
	       (!want->has_state || want->state == m->diag_state) &&
	       (!want->has_uid || want->uid == m->diag_uid) &&
	       (!want->has_port[LOCAL] || want->port[LOCAL] == m->id.idiag_sport) &&
	       (!want->has_port[PEER] || want->port[PEER] == m->id.idiag_dport) &&
	       (!want->mode || want->mode == s->mode) &&
	       address_matches(want, LOCAL, has_local_address(m), s->family, m->id.idiag_src) &&
	       address_matches(want, PEER, !is_zero(m->id.idiag_dst), s->family, m->id.idiag_dst);
}

/* Reads the integer of the table at arg; raises unless it is one in [0, max]. */
static bool want_integer(lua_State *L, int arg, const char *key, lua_Integer max, lua_Integer *out)
{
	int is_integer;

	if (lua_getfield(L, arg, key) == LUA_TNIL) {
		lua_pop(L, 1);
		return false;
	}
	*out = lua_tointegerx(L, -1, &is_integer);
	if (!is_integer || lua_type(L, -1) != LUA_TNUMBER || *out < 0 || *out > max)
		luaL_error(L, "bad option '%s' (integer from 0 to %I expected, got %s)", key, max,
			   luaL_tolstring(L, -1, NULL));
	lua_pop(L, 1);
	return true;
}

/* Reads the string of the table at arg, left on the stack; NULL where there is none. */
static const char *want_string(lua_State *L, int arg, const char *key)
{
	int type = lua_getfield(L, arg, key);

	if (type == LUA_TNIL)
		return NULL;
	if (type != LUA_TSTRING)
		luaL_error(L, "bad option '%s' (string expected, got %s)", key, lua_typename(L, type));
	return lua_tostring(L, -1);
}

static void want_address(lua_State *L, int arg, const char *key, struct diag_want *want, int side)
{
	const char *text = want_string(L, arg, key);
	unsigned char bytes[sizeof(struct in6_addr)];
	int family = AF_INET;

	if (text) {
		if (strchr(text, ':'))
			family = AF_INET6;
		if (inet_pton(family, text, bytes) != 1)
			luaL_error(L, "bad option '%s' (IPv4 or IPv6 address expected, got \"%s\")", key,
				   text);
		map_address(&want->address[side], family, bytes);
		want->has_address[side] = true;
	}
	lua_pop(L, 1);
}

static void want_state(lua_State *L, int arg, struct diag_want *want)
{
	const char *name = want_string(L, arg, "state");
	size_t i;

	for (i = 0; name && i < COUNT(smc_states) && !want->has_state; i++) {
		want->has_state = !strcmp(name, smc_states[i].name);
		want->state = smc_states[i].number;
	}
	if (name && !want->has_state)
		luaL_error(L, "bad option 'state' (SMC sockets have no state \"%s\")", name);
	lua_pop(L, 1);
}

static void want_mode(lua_State *L, int arg, struct diag_want *want)
{
	static const char *const modes[] = { smc_mode_smcd, smc_mode_smcr, smc_mode_tcp };
	const char *name = want_string(L, arg, "mode");
	size_t i;

	for (i = 0; name && i < COUNT(modes); i++) {
		if (!strcmp(name, modes[i]))
			want->mode = modes[i];
	}
	if (name && !want->mode)
		luaL_error(L, "bad option 'mode' (\"SMC-D\", \"SMC-R\" or \"TCP\" expected, got \"%s\")",
			   name);
	lua_pop(L, 1);
}

/* The field whose name is on top of the stack. */
static uint8_t check_field(lua_State *L, int position)
{
	const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
	uint8_t i;

	for (i = 0; name && smc_field_names[i]; i++) {
		if (!strcmp(name, smc_field_names[i]))
			return i;
	}
	return (uint8_t)luaL_error(L, "bad option 'fields' ([%d]: there is no field \"%s\")", position,
				   luaL_tolstring(L, -1, NULL));
}

/* Reads the list of fields at arg: the first is one that is always there. */
static void want_fields(lua_State *L, int arg, struct diag_want *want)
{
	int i, count = (int)luaL_len(L, arg);

	if (count < 1 || count > (int)sizeof(want->fields))
		luaL_error(L, "bad option 'fields' (1 to 16 names expected, got %d)", count);
	for (i = 0; i < count; i++) {
		lua_geti(L, arg, i + 1);
		want->fields[i] = check_field(L, i + 1);
		lua_pop(L, 1);
	}
	if (want->fields[0] > COOKIE)
		luaL_error(L, "bad option 'fields' (the first one must be one that is always there)");
	want->count = (uint8_t)count;
}

/* Reads extension bits at arg, the filter at arg + 1, the fields at arg + 2, all optional. */
void smc_diag_read_want(lua_State *L, int arg, struct diag_want *want)
{
	lua_Integer n = luaL_optinteger(L, arg, 0);
	int filter = arg + 1;

	luaL_argcheck(L, n >= 0 && n <= UINT8_MAX, arg, "extension bits expected");
	want->ext = (unsigned int)n;
	if (!lua_isnoneornil(L, arg + 2))
		want_fields(L, arg + 2, want);
	if (lua_isnoneornil(L, filter))
		return;
	luaL_checktype(L, filter, LUA_TTABLE);
	want_mode(L, filter, want);
	want_state(L, filter, want);
	want_address(L, filter, "local_address", want, LOCAL);
	want_address(L, filter, "peer_address", want, PEER);
	want->has_port[LOCAL] = want_integer(L, filter, "local_port", UINT16_MAX, &n);
	want->port[LOCAL] = htons((uint16_t)n);
	want->has_port[PEER] = want_integer(L, filter, "peer_port", UINT16_MAX, &n);
	want->port[PEER] = htons((uint16_t)n);
	want->has_uid = want_integer(L, filter, "uid", UINT32_MAX, &n);
	want->uid = (uint32_t)n;
	want->has_inode = want_integer(L, filter, "inode", LUA_MAXINTEGER, &n);
	want->inode = (uint64_t)n;
}
