// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/sock_diag.h>

#include "../common/lua_util.h"
#include "dump.h"

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

/* Messages for errors of the transport, where strerror(3) does not say enough. */
static const char *meaning_of(int err)
{
	switch (err) {
	case EINTR:
		return ": the list changed while the kernel was sending it: try again";
	case ENOBUFS:
		return ": the kernel sent more than fits in the receive buffer: try again";
	case EMSGSIZE:
		return ": a message was longer than the kernel's maximum";
	case EBADMSG:
		return ": a message is cut short or its lengths contradict each other";
	case EPROTONOSUPPORT:
		return ": this kernel does not have the netlink family";
	default:
		return "";
	}
}

/* Pushes "cannot …: words". */
static void push_message(lua_State *L, const struct smc_dump *dump, int err)
{
	lua_pushfstring(L, "%s: %s%s", dump->ops.what, strerror(err), meaning_of(err));
}

int smc_dump_fail(lua_State *L, struct smc_dump *dump, int err)
{
	smc_transport_close(&dump->transport);
	lua_pushnil(L);
	push_message(L, dump, err);
	lua_pushinteger(L, err);
	return 3;
}

struct smc_dump *smc_dump_new(lua_State *L, const struct smc_dump_ops *ops)
{
	struct smc_dump *dump = lua_newuserdatauv(L, sizeof(*dump) + ops->state_size, 1);

	memset(dump, 0, sizeof(*dump) + ops->state_size);
	dump->ops = *ops;
	dump->transport.done = true;
	dump->mark = &mark;
	luaL_setmetatable(L, DUMP);
	return dump;
}

int smc_dump_open(lua_State *L, struct smc_dump *dump, int protocol)
{
	int err = smc_transport_open(&dump->transport, protocol);

	if (err && smc_gc_on_fd_exhaustion(L, -err)) {
		smc_transport_close(&dump->transport);
		err = smc_transport_open(&dump->transport, protocol);
	}
	return err;
}

int smc_dump_load(lua_State *L, struct smc_dump *dump, int arg)
{
	size_t size;
	const char *bytes = luaL_checklstring(L, arg, &size);

	luaL_argcheck(L, size <= SMC_DATAGRAM_MAX, arg, "longer than a datagram");
	return smc_transport_load(&dump->transport, bytes, size);
}

/* Reads the first message, and pushes iterator, state, control, closing value. */
static int start(lua_State *L, struct smc_dump *dump, int err)
{
	int iterator = lua_gettop(L);

	if (!err)
		err = smc_transport_next(&dump->transport, &dump->first);
	if (err < 0)
		return smc_dump_fail(L, dump, -err);
	lua_pushnil(L);
	lua_pushnil(L);
	lua_pushvalue(L, iterator);
	return 4;
}

int smc_dump_request(lua_State *L, struct smc_dump *dump, const void *payload, size_t size)
{
	int err = smc_dump_open(L, dump, NETLINK_SOCK_DIAG);

	if (!err)
		err = smc_transport_send_dump(&dump->transport, SOCK_DIAG_BY_FAMILY, payload, size);
	return start(L, dump, err);
}

int smc_dump_datagram(lua_State *L, struct smc_dump *dump, int arg)
{
	return start(L, dump, smc_dump_load(L, dump, arg));
}

/* The next message, beginning with the one that was read while opening. Returns as smc_transport_next(). */
static int next_message(struct smc_dump *dump, const struct nlmsghdr **msg)
{
	if (!dump->first)
		return smc_transport_next(&dump->transport, msg);
	*msg = dump->first;
	dump->first = NULL;
	return 1;
}

int smc_dump_raise(lua_State *L, int err)
{
	struct smc_dump *dump = check_dump(L);

	smc_transport_close(&dump->transport);
	dump->raised = err;
	return lua_error(L); /* without a line of Lua: the fault is not there */
}

int smc_dump_collect(lua_State *L, struct smc_dump *dump,
		     int (*push)(lua_State *L, const void *how, const struct nlmsghdr *msg), const void *how)
{
	const struct nlmsghdr *msg;
	lua_Integer count = 0;
	int err;

	lua_newtable(L);
	while ((err = smc_transport_next(&dump->transport, &msg)) > 0) {
		err = push(L, how, msg);
		if (err < 0)
			return err;
		if (err > 0)
			lua_rawseti(L, -2, ++count);
	}
	return err;
}

/*
 * iterator() -> what the decoder pushes | nil
 *
 * nil is the end, and closes the netlink socket. An error in the middle of a
 * dump is raised, as in io.lines, since nil would look like the normal end.
 */
static int dump_call(lua_State *L)
{
	struct smc_dump *dump = check_dump(L);
	const struct nlmsghdr *msg;
	int ret;

	while ((ret = next_message(dump, &msg)) > 0) {
		ret = dump->ops.decode(L, msg, dump->state);
		if (ret > 0)
			return ret;
		if (ret < 0)
			break;
	}
	if (!ret) {
		smc_transport_close(&dump->transport);
		lua_pushnil(L);
		return 1;
	}
	push_message(L, dump, -ret);
	return smc_dump_raise(L, -ret);
}

/* iterator:close(): closes the netlink socket. Closing twice is allowed. */
static int dump_close(lua_State *L)
{
	struct smc_dump *dump = check_dump(L);

	dump->first = NULL;
	smc_transport_close(&dump->transport);
	return 0;
}

/* iterator:errno() -> the errno of the error that it raised, or nil */
static int dump_errno(lua_State *L)
{
	const struct smc_dump *dump = check_dump(L);

	if (!dump->raised)
		return 0;
	lua_pushinteger(L, dump->raised);
	return 1;
}

static const luaL_Reg methods[] = {
	{ "close", dump_close },
	{ "errno", dump_errno },
	{ NULL, NULL },
};

void smc_dump_register(lua_State *L)
{
	smc_register_class(L, DUMP, methods);
	lua_pushcfunction(L, dump_call);
	lua_setfield(L, -2, "__call");
	lua_pop(L, 1);
}
