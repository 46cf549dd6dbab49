// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "../common/lua_util.h"
#include "dump.h"
#include "genl.h"

/* The version of both families; they have no header of their own. */
#define VERSION 1

/* Returns the request as a message, which the caller frees; NULL if there is no memory. */
static struct nl_msg *build(int family, int command, int flags, const struct smc_genl_attr *attr)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, (uint8_t)command, VERSION))
		goto fail;
	for (; attr->size; attr++) {
		if (nla_put(msg, attr->type, (int)attr->size, attr->data))
			goto fail;
	}
	return msg;
fail:
	nlmsg_free(msg);
	return NULL;
}

static int send_request(struct smc_transport *transport, int family, int command, int flags,
			const struct smc_genl_attr *attr)
{
	struct nl_msg *msg = build(family, command, flags, attr);

	return msg ? smc_transport_send(transport, msg) : -ENOMEM;
}

static int read_family(const struct nlmsghdr *msg, lua_Integer *id)
{
	const struct nlattr *attr;
	struct smc_attrs attrs;
	int err = smc_attr_of_message(msg, GENL_HDRLEN, &attrs);

	while (!err && (err = smc_attr_next(&attrs, &attr)) > 0) {
		if (nla_type(attr) == CTRL_ATTR_FAMILY_ID)
			smc_attr_integer(nla_data(attr), (size_t)nla_len(attr), id);
		err = 0;
	}
	return err;
}

/*
 * The number of a family, or a negative errno. libnl's genl_ctrl_resolve() cannot be used, since it also
 * reports a missing family if the request failed. Asking for a family by name makes the kernel load its
 * module, if there is one. The errno for a missing family is that of socket(AF_SMC, …), since the commands
 * use ENOENT for other errors. Lua finds out why the family is missing.
 */
static int resolve(struct smc_transport *transport, const char *family)
{
	const struct smc_genl_attr name[] = {
		{ CTRL_ATTR_FAMILY_NAME, family, strlen(family) + 1 },
		{ 0, NULL, 0 },
	};
	const struct nlmsghdr *msg;
	lua_Integer id = 0;
	int err;

	err = send_request(transport, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, name);
	while (!err && (err = smc_transport_next(transport, &msg)) > 0) /* up to the acknowledgement */
		err = read_family(msg, &id);
	if (err)
		return err == -ENOENT ? -EAFNOSUPPORT : err;
	return id > 0 && id <= UINT16_MAX ? (int)id : -EBADMSG;
}

/* Opens a socket and sends the request. Returns 0 or a negative errno. */
static int ask(lua_State *L, struct smc_dump *dump, const char *family,
	       const struct smc_genl_request *request, const struct smc_genl_attr *attr)
{
	int err = smc_dump_open(L, dump, NETLINK_GENERIC);

	if (err)
		return err;
	err = resolve(&dump->transport, family);
	if (err < 0)
		return err;
	return send_request(&dump->transport, err, request->command, request->message ? NLM_F_DUMP : 0, attr);
}

/* Pushes the table of a message, by the fields at `how`. */
static int push_message(lua_State *L, const void *how, const struct nlmsghdr *msg)
{
	struct smc_attrs attrs;
	int err = smc_attr_of_message(msg, GENL_HDRLEN, &attrs);

	return err ? err : smc_fields_push(L, how, attrs);
}

/* The function of a request, which is its first upvalue; the family's name is the second. */
static int call(lua_State *L)
{
	const struct smc_genl_request *request = lua_touserdata(L, lua_upvalueindex(1));
	const char *family = lua_touserdata(L, lua_upvalueindex(2));
	struct smc_genl_attr attrs[SMC_GENL_ATTRS] = { { 0, NULL, 0 } };
	const struct smc_dump_ops ops = { .what = request->what };
	bool has_datagram = request->message && !lua_isnoneornil(L, 1);
	struct smc_dump *dump;
	int err;

	if (request->arguments)
		request->arguments(L, attrs);
	dump = smc_dump_new(L, &ops);
	if (has_datagram)
		err = smc_dump_load(L, dump, 1);
	else
		err = ask(L, dump, family, request, attrs);
	if (!err && request->message) {
		err = smc_dump_collect(L, dump, push_message, request->message);
	} else if (!err) {
		err = smc_transport_finish(&dump->transport);
		lua_pushboolean(L, true);
	}
	if (err)
		return smc_dump_fail(L, dump, -err);
	smc_transport_close(&dump->transport);
	return 1;
}

void smc_genl_set_functions(lua_State *L, const struct smc_genl_family *family)
{
	const struct smc_genl_request *request;

	for (request = family->requests; request->name; request++) {
		lua_pushlightuserdata(L, (void *)request);
		lua_pushlightuserdata(L, (void *)family->name);
		lua_pushcclosure(L, call, 2);
		lua_setfield(L, -2, request->name);
	}
}

struct smc_genl_attr smc_genl_string(lua_State *L, int arg, int type)
{
	struct smc_genl_attr attr = { .type = type };

	attr.data = smc_check_cstring(L, arg);
	attr.size = strlen(attr.data) + 1;
	return attr;
}
