// SPDX-License-Identifier: MIT
/*
 * smc.core.netlink: dumps over netlink, as the iterator that Lua walks them
 * with; transport.c talks with the kernel.
 */
#include <errno.h>
#include <string.h>

#include <lauxlib.h>

#include "../common/lua_util.h"
#include "netlink.h"
#include "../common/af_smc.h"

#define DUMP "smc.netlink.dump"

static const char mark;

/* The iterator at index 1. Throws for anything else. */
static struct smc_dump *check_dump(lua_State *L)
{
	struct smc_dump *dump = lua_touserdata(L, 1);

	if (dump && lua_rawlen(L, 1) >= sizeof(*dump) && dump->mark == &mark)
		return dump;
	return luaL_checkudata(L, 1, DUMP);
}

static const char *dump_advice(const struct smc_dump *dump, int err)
{
	const char *advice = dump->ops->advice ? dump->ops->advice(err) : NULL;

	if (advice)
		return advice;
	switch (err) {
	case EINTR:
		return "the list changed while the kernel was giving it out: ask again";
	case ENOBUFS:
		return "the kernel had more than the receive buffer takes: ask again";
	case EMSGSIZE:
		return "a message was longer than the kernel says it makes them";
	case EBADMSG:
		return "a message is cut short or its lengths contradict each other";
	case EPERM:
	case EACCES:
		return "netlink is closed to this process: look for the seccomp profile of a "
		       "container, or a security module";
	case EPROTONOSUPPORT:
		return "this kernel does not have the netlink family";
	default:
		return NULL;
	}
}

/* Pushes "cannot …: words: advice". */
static void dump_push_message(lua_State *L, const struct smc_dump *dump, int err)
{
	const char *advice = dump_advice(dump, err);

	lua_pushfstring(L, "%s: %s%s%s", dump->ops->what, strerror(err), advice ? ": " : "",
			advice ? advice : "");
}

int smc_dump_fail(lua_State *L, struct smc_dump *dump, int err)
{
	smc_nl_shut(&dump->nl);
	lua_pushnil(L);
	dump_push_message(L, dump, err);
	lua_pushinteger(L, err);
	return 3;
}

/* Pushes a new iterator, closed, with the decoder's want all zero. */
struct smc_dump *smc_dump_new(lua_State *L, const struct smc_dump_ops *ops)
{
	struct smc_dump *dump = lua_newuserdatauv(L, sizeof(*dump) + ops->want_size, 1);

	memset(dump, 0, sizeof(*dump) + ops->want_size);
	dump->ops = ops;
	dump->nl.done = true;
	dump->mark = &mark;
	luaL_setmetatable(L, DUMP);
	return dump;
}

/* The four values of a generic for: iterator, state, control, closing value. */
static int dump_push_for(lua_State *L)
{
	int it = lua_gettop(L);

	lua_pushnil(L);
	lua_pushnil(L);
	lua_pushvalue(L, it);
	return 4;
}

/*
 * Opens the iterator's socket. Finalizers can run here. Returns a negative errno
 * when it fails; smc_dump_fail() closes what is half open.
 */
int smc_dump_open(lua_State *L, struct smc_dump *dump, int protocol)
{
	int err = smc_nl_open(&dump->nl, protocol);

	if (err && smc_gc_on_fd_exhaustion(L, -err)) {
		smc_nl_shut(&dump->nl);
		err = smc_nl_open(&dump->nl, protocol);
	}
	dump->nl.done = err < 0;
	return err;
}

/*
 * Sends a dump request, and reads as far as the first message, so that a kernel
 * that refuses is known here and not in the middle of a loop. The iterator is
 * on top of the stack. Returns what the Lua function is to return.
 */
int smc_dump_request(lua_State *L, struct smc_dump *dump, int protocol, int type, const void *payload,
		     size_t size)
{
	int err;

	err = smc_dump_open(L, dump, protocol);
	if (!err)
		err = smc_nl_ask(&dump->nl, type, payload, size);
	if (!err)
		err = smc_nl_step(&dump->nl, &dump->ahead);
	if (err < 0)
		return smc_dump_fail(L, dump, -err);
	return dump_push_for(L);
}

/* The same for one datagram that is there already. */
int smc_dump_recorded(lua_State *L, struct smc_dump *dump, const void *bytes, size_t size)
{
	struct smc_nl *nl = &dump->nl;
	int err;

	luaL_argcheck(L, size <= SMC_DATAGRAM_MAX, 1, "longer than a datagram");
	err = smc_nl_load(nl, bytes, size);
	if (!err)
		err = smc_nl_step(nl, &dump->ahead);
	if (err < 0)
		return smc_dump_fail(L, dump, -err);
	return dump_push_for(L);
}

/*
 * iterator() -> what the decoder pushes | nil
 *
 * nil is the end, and closes the netlink socket. An error in the middle of a
 * dump is raised, as io.lines raises it: a loop could not tell a nil from the end.
 */
static int dump_call(lua_State *L)
{
	struct smc_dump *dump = check_dump(L);
	const struct nlmsghdr *msg;
	int ret;

	for (;;) {
		if (dump->ahead) {
			msg = dump->ahead;
			dump->ahead = NULL;
			ret = 1;
		} else {
			ret = smc_nl_step(&dump->nl, &msg);
		}
		if (ret > 0) {
			ret = dump->ops->decode(L, msg, dump->want);
			if (ret > 0)
				return ret;
			if (ret == 0)
				continue;
		}
		smc_nl_shut(&dump->nl);
		if (ret == 0) {
			lua_pushnil(L);
			return 1;
		}
		dump->err = -ret;
		dump_push_message(L, dump, -ret);
		return lua_error(L); /* without a line of Lua: the fault is not there */
	}
}

/* iterator:close(): closes the netlink socket. Closing twice is fine. */
static int dump_close(lua_State *L)
{
	struct smc_dump *dump = check_dump(L);

	dump->ahead = NULL;
	smc_nl_shut(&dump->nl);
	return 0;
}

/* iterator:errno() -> that of what it raised, or nil */
static int dump_errno(lua_State *L)
{
	const struct smc_dump *dump = check_dump(L);

	if (!dump->err)
		return 0;
	lua_pushinteger(L, dump->err);
	return 1;
}

static const luaL_Reg dump_meta[] = {
	{ "__call", dump_call },
	{ "__gc", dump_close },
	{ "__close", dump_close },
	{ NULL, NULL },
};

static const luaL_Reg dump_methods[] = {
	{ "close", dump_close },
	{ "errno", dump_errno },
	{ NULL, NULL },
};

static const luaL_Reg functions[] = {
	{ "diag", smc_diag_dump },
	{ "decode", smc_diag_decode },
	{ "tcp", smc_tcp_dump },
	{ "pnet_list", smc_pnet_list },
	{ "pnet_add", smc_pnet_add },
	{ "pnet_remove", smc_pnet_remove },
	{ "pnet_flush", smc_pnet_flush },
	{ "sys_info", smc_sys_info },
	{ "hs_limitation", smc_hs_limitation_get },
	{ "hs_limitation_enable", smc_hs_limitation_enable },
	{ "hs_limitation_disable", smc_hs_limitation_disable },
	{ "lgr_smcd", smc_lgr_smcd },
	{ "lgr_smcr", smc_lgr_smcr },
	{ "dev_smcd", smc_dev_smcd },
	{ "dev_smcr", smc_dev_smcr },
	{ "stats", smc_stats_get },
	{ "fallback_stats", smc_fallback_stats },
	{ "interface_name", smc_interface_name },
	{ "ueid_list", smc_ueid_list },
	{ "ueid_add", smc_ueid_add },
	{ "ueid_remove", smc_ueid_remove },
	{ "ueid_flush", smc_ueid_flush },
	{ "seid", smc_seid_get },
	{ "seid_enable", smc_seid_enable },
	{ "seid_disable", smc_seid_disable },
	{ NULL, NULL },
};

SMC_EXPORT int luaopen_smc_core_netlink(lua_State *L);

int luaopen_smc_core_netlink(lua_State *L)
{
	smc_check_lua(L, "smc.core.netlink");
	luaL_newmetatable(L, DUMP);
	luaL_setfuncs(L, dump_meta, 0);
	luaL_newlib(L, dump_methods);
	lua_setfield(L, -2, "__index");
	luaL_newlib(L, functions);
	lua_pushinteger(L, SMC_DATAGRAM_MAX);
	lua_setfield(L, -2, "DATAGRAM_MAX");
	return 1;
}
