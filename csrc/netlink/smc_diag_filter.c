// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <string.h>

#include <lauxlib.h>

#include "smc_diag_filter.h"

/* The address as it is compared: IPv4, and IPv6-mapped IPv4, come out the same. */
static void map_address(struct in6_addr *out, int family, const void *address)
{
	static const unsigned char prefix[12] = { [10] = 0xff, [11] = 0xff };
	static const unsigned char any[4];

	memset(out, 0, sizeof(*out));
	if (family == AF_INET6) {
		memcpy(out, address, sizeof(*out));
	} else if (memcmp(address, any, sizeof(any)) != 0) { /* 0.0.0.0 is :: is any */
		memcpy(out, prefix, sizeof(prefix));
		memcpy((char *)out + sizeof(prefix), address, 4);
	}
}

static bool address_matches(const struct smc_diag_filter *filter, const struct smc_diag_socket *s,
			    enum smc_diag_side side)
{
	const __be32 *address;
	struct in6_addr mapped;

	if (!filter->has_address[side])
		return true;
	address = smc_diag_address(s, side);
	if (!address)
		return false;
	map_address(&mapped, s->family == AF_INET6 ? AF_INET6 : AF_INET, address);
	return !memcmp(&mapped, &filter->address[side], sizeof(mapped));
}

static bool endpoint_matches(const struct smc_diag_filter *filter, const struct smc_diag_socket *s,
			     enum smc_diag_side side)
{
	return (!filter->has_port[side] || filter->port[side] == smc_diag_port(s, side)) &&
	       address_matches(filter, s, side);
}

bool smc_diag_filter_matches(const struct smc_diag_filter *filter, const struct smc_diag_socket *s)
{
	const struct smc_diag_msg *m = &s->msg;

	return (!filter->has_inode || filter->inode == m->diag_inode) &&
	       (!filter->has_state || filter->state == m->diag_state) &&
	       (!filter->has_uid || filter->uid == m->diag_uid) &&
	       (!filter->mode || filter->mode == s->mode) && endpoint_matches(filter, s, LOCAL) &&
	       endpoint_matches(filter, s, PEER);
}

/* Reads the integer of the table at arg; raises unless it is one in [0, max]. */
static bool get_integer(lua_State *L, int arg, const char *key, lua_Integer max, lua_Integer *out)
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
static const char *get_string(lua_State *L, int arg, const char *key)
{
	int type = lua_getfield(L, arg, key);

	if (type == LUA_TNIL)
		return NULL;
	if (type != LUA_TSTRING)
		luaL_error(L, "bad option '%s' (string expected, got %s)", key, lua_typename(L, type));
	return lua_tostring(L, -1);
}

static void read_address(lua_State *L, int arg, const char *key, struct smc_diag_filter *filter,
			 enum smc_diag_side side)
{
	const char *text = get_string(L, arg, key);
	unsigned char bytes[sizeof(struct in6_addr)];
	int family = AF_INET;

	if (text) {
		if (strchr(text, ':'))
			family = AF_INET6;
		if (inet_pton(family, text, bytes) != 1)
			luaL_error(L, "bad option '%s' (IPv4 or IPv6 address expected, got \"%s\")", key,
				   text);
		map_address(&filter->address[side], family, bytes);
		filter->has_address[side] = true;
	}
	lua_pop(L, 1);
}

static void read_port(lua_State *L, int arg, const char *key, struct smc_diag_filter *filter,
		      enum smc_diag_side side)
{
	lua_Integer n = 0;

	filter->has_port[side] = get_integer(L, arg, key, UINT16_MAX, &n);
	filter->port[side] = htons((uint16_t)n);
}

static void read_state(lua_State *L, int arg, struct smc_diag_filter *filter)
{
	const char *name = get_string(L, arg, "state");
	int number = name ? smc_diag_state_number(name) : 0;

	if (number < 0)
		luaL_error(L, "bad option 'state' (SMC sockets have no state \"%s\")", name);
	filter->has_state = name;
	filter->state = (uint8_t)number;
	lua_pop(L, 1);
}

static void read_mode(lua_State *L, int arg, struct smc_diag_filter *filter)
{
	const char *name = get_string(L, arg, "mode");
	int mode;

	for (mode = MODE_NONE + 1; name && mode < MODES; mode++) {
		if (!strcmp(name, smc_diag_mode_names[mode]))
			filter->mode = (enum smc_diag_mode)mode;
	}
	if (name && !filter->mode)
		luaL_error(L, "bad option 'mode' (\"SMC-D\", \"SMC-R\" or \"TCP\" expected, got \"%s\")",
			   name);
	lua_pop(L, 1);
}

void smc_diag_filter_read(lua_State *L, int arg, struct smc_diag_filter *filter)
{
	lua_Integer n = 0;

	if (lua_isnoneornil(L, arg))
		return;
	luaL_checktype(L, arg, LUA_TTABLE);
	read_mode(L, arg, filter);
	read_state(L, arg, filter);
	read_address(L, arg, "local_address", filter, LOCAL);
	read_address(L, arg, "peer_address", filter, PEER);
	read_port(L, arg, "local_port", filter, LOCAL);
	read_port(L, arg, "peer_port", filter, PEER);
	filter->has_uid = get_integer(L, arg, "uid", UINT32_MAX, &n);
	filter->uid = (uint32_t)n;
	filter->has_inode = get_integer(L, arg, "inode", LUA_MAXINTEGER, &n);
	filter->inode = (uint64_t)n;
}
