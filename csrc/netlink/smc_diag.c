// SPDX-License-Identifier: MIT
/*
 * The sockets of AF_SMC as the kernel's smc_diag lists them over NETLINK_SOCK_DIAG: see
 * sock_diag(7). The kernel reports every socket of the network namespace.
 */
#include <errno.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/sock_diag.h>

#include "../common/af_smc.h"
#include "dump.h"
#include "module.h"
#include "smc_diag_filter.h"
#include "smc_diag_record.h"

/* What the caller asks for, and the state of the iteration. */
struct query {
	unsigned int extensions; /* attributes that were asked for */
	struct smc_diag_filter filter;
	uint8_t fields[FIELDS]; /* enum smc_diag_field, in the caller's order */
	uint8_t count;          /* number of fields; 0: whole records */
	/*
	 * If sockets come and go during a dump, the kernel reports some of them twice, soon after each other.
	 * Cookies are consecutive numbers, so this remembers about the last thousand.
	 */
	uint64_t seen[1024];
};

/* === reading the arguments === */

/* The field whose name is on top of the stack. */
static uint8_t check_field(lua_State *L, int position)
{
	const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
	uint8_t i;

	for (i = 0; name && i < FIELDS; i++) {
		if (!strcmp(name, smc_diag_field_names[i]))
			return i;
	}
	return (uint8_t)luaL_error(L, "bad option 'fields' ([%d]: there is no field \"%s\")", position,
				   luaL_tolstring(L, -1, NULL));
}

/* Reads the list of fields at arg: the first is one that is always there. */
static void read_fields(lua_State *L, int arg, struct query *query)
{
	lua_Integer count = luaL_len(L, arg);
	int i;

	if (count < 1 || count > (lua_Integer)COUNT(query->fields))
		luaL_error(L, "bad option 'fields' (1 to 16 names expected, got %I)", (LUAI_UACINT)count);
	for (i = 0; i < count; i++) {
		lua_geti(L, arg, i + 1);
		query->fields[i] = check_field(L, i + 1);
		lua_pop(L, 1);
	}
	if (query->fields[0] > COOKIE)
		luaL_error(L, "bad option 'fields' (the first one must be one that is always there)");
	query->count = (uint8_t)count;
}

/* Reads extension bits at arg, the filter at arg + 1, the fields at arg + 2, all optional. */
static void read_query(lua_State *L, int arg, struct query *query)
{
	lua_Integer extensions = luaL_optinteger(L, arg, 0);

	luaL_argcheck(L, extensions >= 0 && extensions <= UINT8_MAX, arg, "extension bits expected");
	query->extensions = (unsigned int)extensions;
	if (!lua_isnoneornil(L, arg + 2))
		read_fields(L, arg + 2, query);
	smc_diag_filter_read(L, arg + 1, &query->filter);
}

/* === the iterator === */

static bool was_seen(struct query *query, uint64_t cookie)
{
	uint64_t *slot = &query->seen[cookie % COUNT(query->seen)];

	if (!cookie || *slot == cookie)
		return cookie;
	*slot = cookie;
	return false;
}

/*
 * Whether the caller's function has something to add: where the kernel does not say the
 * address of a socket that has a port, or which wildcard it is; where it says why a
 * connection fell back, by a code; and where it says which device is used, by a GID.
 */
static bool is_incomplete(const struct smc_diag_socket *s)
{
	return s->attrs[SMC_DIAG_FALLBACK].size || s->attrs[SMC_DIAG_DMBINFO].size ||
	       (smc_diag_is_unspecified(s, LOCAL) && smc_diag_port(s, LOCAL));
}

/* Has the caller's function complete the record on top of the stack. */
static void complete_record(lua_State *L)
{
	if (lua_getiuservalue(L, 1, 1) != LUA_TFUNCTION) {
		lua_pop(L, 1);
		return;
	}
	lua_pushvalue(L, -2);
	lua_call(L, 1, 3);
	if (lua_isnil(L, -3)) {
		int err = (int)lua_tointeger(L, -1);

		lua_pop(L, 1);
		smc_dump_raise(L, err);
	}
	lua_pop(L, 3);
}

static int decode(lua_State *L, const struct nlmsghdr *msg, void *state)
{
	struct query *query = state;
	struct smc_diag_socket s;
	int err, i;

	if (msg->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return -EBADMSG;
	err = smc_diag_read(&s, msg, query->extensions);
	if (err)
		return err;
	if (!smc_diag_filter_matches(&query->filter, &s) || was_seen(query, smc_diag_cookie(&s)))
		return 0;
	if (!query->count) {
		smc_diag_push_record(L, &s);
		if (is_incomplete(&s))
			complete_record(L);
		return 1;
	}
	luaL_checkstack(L, query->count, NULL);
	for (i = 0; i < query->count; i++)
		smc_diag_push_field(L, &s, (enum smc_diag_field)query->fields[i]);
	return query->count;
}

/* Pushes the iterator for the arguments extensions, filter, fields, complete, which begin at arg. */
static struct smc_dump *new_dump(lua_State *L, int arg)
{
	static const struct smc_dump_ops ops = {
		.what = "cannot list the SMC sockets",
		.decode = decode,
		.state_size = sizeof(struct query),
	};
	struct smc_dump *dump = smc_dump_new(L, &ops);

	read_query(L, arg, (struct query *)dump->state);
	lua_pushvalue(L, arg + 3);
	lua_setiuservalue(L, -2, 1);
	return dump;
}

/*
 * smc_diag([extensions [, filter [, fields [, complete]]]]) -> iterator, nil, nil, iterator
 *                                                           | nil, message, errno
 *
 * complete(record) is called for a record without a local address, with the code of a fallback, or with a GID.
 * It returns true, or nil, message, errno, which the iterator raises.
 *
 * Asks the kernel for the SMC sockets of this network namespace, with the
 * attributes that the bits of extensions name: 1 << (SMC_DIAG_… - 1).
 */
static int diag(lua_State *L)
{
	struct smc_diag_req req = { .diag_family = AF_SMC };
	struct smc_dump *dump;

	lua_settop(L, 4);
	dump = new_dump(L, 1);
	req.diag_ext = (uint8_t)((const struct query *)dump->state)->extensions;
	return smc_dump_request(L, dump, &req, sizeof(req));
}

/*
 * smc_diag_datagram(datagram [, extensions [, filter [, fields [, complete]]]]) -> as smc_diag
 *
 * The same for a datagram in place of the kernel's answer, for specs and the fuzzer.
 */
static int diag_datagram(lua_State *L)
{
	lua_settop(L, 5);
	return smc_dump_datagram(L, new_dump(L, 2), 1);
}

const luaL_Reg smc_netlink_smc_diag[] = {
	{ "smc_diag", diag },
	{ "smc_diag_datagram", diag_datagram },
	{ NULL, NULL },
};
